; pass polls
func "bound_changes" code 0 version 0 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64, %2: i64):
  jump -> b1(%1, %2)
b1(%3: i64, %4: i64):
  %5: i1 = icmp[lt](%3, %4) @3
  br(%5) @3 -> b2(%3, %4), b3(%3)
b2(%6: i64, %7: i64):
  %8: i64 = i64[2] @5
  %9: i64 = add_fits(%6, %8) @5 !b4()
  %10: i64 = add_fits(%7, %8) @5 !b4()
  guard_poll @7 !b4()
  jump @7 -> b1(%9, %10)
b3(%11: i64):
  ret_raw(%11)
b4() cold:
  %12: opt = null
  ret(%12)
}

func "calls" code 0 version 1 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64):
  %2: i64 = i64[0]
  jump -> b1(%0, %2, %1)
b1(%3: any, %4: i64, %5: i64):
  %6: i1 = icmp[lt](%4, %5) @3
  br(%6) @3 -> b2(%3, %4, %5), b3(%4)
b2(%7: any, %8: i64, %9: i64):
  %10: i64 = i64[2] @5
  %11: i64 = add_fits(%8, %10) @5 !b4()
  %12: any = call[add](%7, %7) @6 !b4()
  poll @7 !b4()
  jump @7 -> b1(%7, %11, %9)
b3(%13: i64):
  ret_raw(%13)
b4() cold:
  %14: opt = null
  ret(%14)
}

func "leads_away" code 0 version 2 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64):
  %2: i64 = i64[0]
  jump -> b1(%2, %1)
b1(%3: i64, %4: i64):
  %5: i1 = icmp[lt](%3, %4) @3
  br(%5) @3 -> b2(%3, %4), b3(%3)
b2(%6: i64, %7: i64):
  %8: i64 = i64[-2] @5
  %9: i64 = add_fits(%6, %8) @5 !b4()
  guard_poll @7 !b4()
  jump @7 -> b1(%9, %7)
b3(%10: i64):
  ret_raw(%10)
b4() cold:
  %11: opt = null
  ret(%11)
}
---
func "bound_changes" code 0 version 0 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64, %2: i64):
  jump -> b1(%1, %2)
b1(%3: i64, %4: i64):
  %5: i1 = icmp[lt](%3, %4) @3
  br(%5) @3 -> b2(%3, %4), b3(%3)
b2(%6: i64, %7: i64):
  %8: i64 = i64[2] @5
  %9: i64 = add_fits(%6, %8) @5 !b4()
  %10: i64 = add_fits(%7, %8) @5 !b4()
  guard_poll @7 !b4()
  jump @7 -> b1(%9, %10)
b3(%11: i64):
  ret_raw(%11)
b4() cold:
  %12: opt = null
  ret(%12)
}

func "calls" code 0 version 1 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64):
  %2: i64 = i64[0]
  jump -> b1(%0, %2, %1)
b1(%3: any, %4: i64, %5: i64):
  %6: i1 = icmp[lt](%4, %5) @3
  br(%6) @3 -> b2(%3, %4, %5), b3(%4)
b2(%7: any, %8: i64, %9: i64):
  %10: i64 = i64[2] @5
  %11: i64 = add_fits(%8, %10) @5 !b4()
  %12: any = call[add](%7, %7) @6 !b4()
  poll @7 !b4()
  jump @7 -> b1(%7, %11, %9)
b3(%13: i64):
  ret_raw(%13)
b4() cold:
  %14: opt = null
  ret(%14)
}

func "leads_away" code 0 version 2 checked locals 0 scratch 0 raw {
b0(%0: any, %1: i64):
  %2: i64 = i64[0]
  jump -> b1(%2, %1)
b1(%3: i64, %4: i64):
  %5: i1 = icmp[lt](%3, %4) @3
  br(%5) @3 -> b2(%3, %4), b3(%3)
b2(%6: i64, %7: i64):
  %8: i64 = i64[-2] @5
  %9: i64 = add_fits(%6, %8) @5 !b4()
  guard_poll @7 !b4()
  jump @7 -> b1(%9, %7)
b3(%10: i64):
  ret_raw(%10)
b4() cold:
  %11: opt = null
  ret(%11)
}
