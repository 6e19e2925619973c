; certify references left
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any, %1: own any):
  inc(%0)
  ret(%0)
}
