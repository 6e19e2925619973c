; certify references left
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any, %1: own any):
  poll !b1()
  ret(%1)
b1():
  %3: opt = null
  ret(%3)
}
