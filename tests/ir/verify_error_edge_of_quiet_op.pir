; verify V7
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  leave !b1()
  ret(%0)
b1():
  %1: opt = null
  ret(%1)
}
