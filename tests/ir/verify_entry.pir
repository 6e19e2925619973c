; verify V10
func "f" code 0 direct raw locals 0 scratch 0 {
b0():
  %1: opt = null
  ret(%1)
}
