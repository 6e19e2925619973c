; verify V6
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  inc(%0)
  ret(%0)
}
