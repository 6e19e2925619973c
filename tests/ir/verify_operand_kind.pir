; verify V2
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  %1: i32 = i32[1]
  ret(%1)
}
