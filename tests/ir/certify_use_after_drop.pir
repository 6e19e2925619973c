; certify used after its last reference
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any, %1: own any):
  dec(%1)
  %2: any = call[load_function_global](%1, %0) !b1()
  ret(%2)
b1():
  %3: opt = null
  ret(%3)
}
