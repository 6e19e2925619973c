; verify V7
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any):
  poll
  ret(%0)
}
