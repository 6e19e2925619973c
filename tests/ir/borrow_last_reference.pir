; pass borrow
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: any = retain(%1)
  %3: ptr = load[32](%0)
  %4: any = load[0](%3)
  %5: any = retain(%4)
  release(%2)
  keep(%5)
  release(%5)
  %6: opt = null
  ret(%6)
}
---
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: any = retain(%1)
  %3: ptr = load[32](%0)
  %4: any = load[0](%3)
  %5: any = retain(%4)
  release(%2)
  keep(%5)
  release(%5)
  %6: opt = null
  ret(%6)
}
