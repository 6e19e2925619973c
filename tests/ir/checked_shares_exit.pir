; pass checked
func "f" code 0 direct raw locals 2 scratch 0 {
b0(%0: any, %1: own any local 0):
  %2: any = call[add](%1, %1) @1
  %3: any = call[add](%2, %2) @2
  set_local[1](%3)
  %4: any = call[add](%3, %1) @3
  release(%3)
  release(%1)
  leave
  ret(%4)
}
---
func "f" code 0 direct checked locals 2 scratch 0 {
b0(%0: any, %1: own any):
  %2: i32 = i32[1]
  %3: any = call[add](%1, %1) @1 !b1(%2, %0, %1)
  %4: i32 = i32[2]
  %5: any = call[add](%3, %3) @2 !b1(%4, %0, %1)
  %6: i32 = i32[3]
  %7: any = call[add](%5, %1) @3 !b2(%6, %0, %1, %5)
  release(%5)
  release(%1)
  leave
  ret(%7)
b1(%8: i32, %9: any, %10: own any) cold:
  %11: any = unbound
  unwind(%8, %10, %11)
  leave
  %12: opt = null
  ret(%12)
b2(%13: i32, %14: any, %15: own any, %16: own any) cold:
  unwind(%13, %15, %16)
  leave
  %17: opt = null
  ret(%17)
}
