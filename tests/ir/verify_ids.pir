; verify V8
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  %1: any = const[#7]
  ret(%0)
}
