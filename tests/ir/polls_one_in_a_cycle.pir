; pass polls
func "f" code 0 version 0 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64):
  jump -> b1(%0, %1)
b1(%2: any, %3: i64):
  guard_poll @7 !b5()
  jump @7 -> b2(%2, %3)
b2(%4: any, %5: i64):
  %6: i1 = is_heap(%4)
  br(%6) @3 -> b3(%4, %5), b4(%4, %5)
b3(%7: any, %8: i64):
  guard_poll @8 !b5()
  jump @8 -> b2(%7, %8)
b4(%9: any, %10: i64):
  guard_poll @9 !b5()
  jump @9 -> b1(%9, %10)
b5() cold:
  %11: opt = null
  ret(%11)
}
---
func "f" code 0 version 0 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64):
  jump -> b1(%0, %1)
b1(%2: any, %3: i64):
  jump @7 -> b2(%2, %3)
b2(%4: any, %5: i64):
  %6: i1 = is_heap(%4)
  br(%6) @3 -> b3(%4, %5), b4(%4, %5)
b3(%7: any, %8: i64):
  guard_poll @8 !b5()
  jump @8 -> b2(%7, %8)
b4(%9: any, %10: i64):
  guard_poll @9 !b5()
  jump @9 -> b1(%9, %10)
b5() cold:
  %11: opt = null
  ret(%11)
}
