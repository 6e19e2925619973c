; certify taken without a reference
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any):
  ret(%0)
}
