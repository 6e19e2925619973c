; pass borrow
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: any = unbound
  jump -> b1(%1, %2)
b1(%3: any, %4: own any):
  %5: ptr = load[32](%3)
  %6: any = load[0](%5)
  %7: any = retain(%6)
  guard_shared(%4) !b3(%4)
  release(%4)
  guard_poll !b3(%7)
  jump -> b2(%3, %7)
b2(%8: any, %9: own any):
  %10: ptr = load[32](%8)
  %11: any = load[0](%10)
  %12: any = retain(%11)
  guard_shared(%9) !b3(%9)
  release(%9)
  guard_poll !b3(%12)
  jump -> b2(%8, %12)
b3(%13: own any) cold:
  release(%13)
  %14: opt = null
  ret(%14)
}
---
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: any = unbound
  jump -> b1(%1, %2)
b1(%3: any, %4: any):
  %5: ptr = load[32](%3)
  %6: any = load[0](%5)
  release(%4)
  guard_poll !b3(%6)
  jump -> b2(%3, %6)
b2(%7: any, %8: any):
  %9: ptr = load[32](%7)
  %10: any = load[0](%9)
  release(%8)
  guard_poll !b3(%10)
  jump -> b2(%7, %10)
b3(%11: own any) cold:
  release(%11)
  %12: opt = null
  ret(%12)
}
