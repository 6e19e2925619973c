; verify V4
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  jump -> b1()
b1(%1: any):
  ret(%1)
}
