; pass borrow
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: ptr = load[32](%0)
  %3: any = load[0](%2)
  %4: any = retain(%3)
  %5: any = call[add](%1, %1) !b1(%4)
  release(%4)
  ret(%5)
b1(%6: own any) cold:
  release(%6)
  %7: opt = null
  ret(%7)
}
---
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: ptr = load[32](%0)
  %3: any = load[0](%2)
  %4: any = retain(%3)
  %5: any = call[add](%1, %1) !b1(%4)
  release(%4)
  ret(%5)
b1(%6: own any) cold:
  release(%6)
  %7: opt = null
  ret(%7)
}
