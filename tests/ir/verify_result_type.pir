; verify V3
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  %1: any = null
  ret(%0)
}
