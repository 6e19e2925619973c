; verify V5
func "f" code 0 direct raw locals 0 scratch 0 {
b0(%0: any):
  %2: i32 = not(%1)
  %1: i32 = i32[1]
  ret(%0)
}
