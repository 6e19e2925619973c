; verify V5
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  jump -> b1()
b1():
  ret(%0)
}
