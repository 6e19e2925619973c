; verify V4
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  %2: opt = null
  jump -> b1(%2)
b1(%1: any):
  ret(%1)
}
