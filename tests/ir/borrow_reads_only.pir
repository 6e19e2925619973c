; pass borrow
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: ptr = load[32](%0)
  %3: any = load[0](%2)
  %4: any = retain(%3)
  %5: i64 = guard_int(%1) !b1(%4)
  %6: i1 = icmp[eq](%4, %0)
  guard(%6) !b1(%4)
  release(%4)
  %7: opt = null
  ret(%7)
b1(%8: own any) cold:
  release(%8)
  %9: opt = null
  ret(%9)
}
---
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: ptr = load[32](%0)
  %3: any = load[0](%2)
  %4: i64 = guard_int(%1) !b1(%3)
  %5: i1 = icmp[eq](%3, %0)
  guard(%5) !b1(%3)
  release(%3)
  %6: opt = null
  ret(%6)
b1(%7: own any) cold:
  release(%7)
  %8: opt = null
  ret(%8)
}
