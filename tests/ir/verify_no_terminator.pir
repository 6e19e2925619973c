; verify V1
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  leave
}
