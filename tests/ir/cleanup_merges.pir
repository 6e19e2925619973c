; pass cleanup
func "f" code 0 direct lowered locals 0 scratch 0 {
b0(%0: any):
  %1: i64 = bits(%0)
  jump -> b1(%0)
b1(%2: any):
  inc(%2)
  ret(%2)
}
---
func "f" code 0 direct lowered locals 0 scratch 0 {
b0(%0: any):
  inc(%0)
  ret(%0)
}
