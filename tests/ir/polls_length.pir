; pass polls
func "reads" code 0 version 0 checked locals 0 scratch 0 raw {
b0(%0: any, %1: any):
  %2: i64 = i64[0]
  jump -> b1(%1, %2, %2)
b1(%3: any, %4: i64, %5: i64):
  %6: i64 = load[16](%3) @3
  %7: i1 = icmp[ult](%5, %6) @3
  br(%7) @3 -> b2(%3, %4, %5), b3(%4)
b2(%8: any, %9: i64, %10: i64):
  %11: i64 = i64[1] @3
  %12: i64 = iadd(%10, %11) @3
  %13: ptr = load[32](%8) @3
  %14: ptr = index(%13, %10) @3
  %15: any = load[0](%14) @3
  %16: i64 = guard_int(%15) @3 !b4()
  %17: i64 = add_fits(%9, %16) @5 !b4()
  poll @7 !b4()
  jump @7 -> b1(%8, %17, %12)
b3(%18: i64):
  ret_raw(%18)
b4() cold:
  %19: opt = null
  ret(%19)
}

func "releases" code 0 version 1 checked locals 0 scratch 0 raw {
b0(%0: any, %1: any):
  %2: i64 = i64[0]
  jump -> b1(%1, %2)
b1(%3: any, %4: i64):
  %5: i64 = load[16](%3) @3
  %6: i1 = icmp[ult](%4, %5) @3
  br(%6) @3 -> b2(%3, %4), b3(%4)
b2(%7: any, %8: i64):
  %9: i64 = i64[1] @3
  %10: i64 = iadd(%8, %9) @3
  %11: ptr = load[32](%7) @3
  %12: ptr = index(%11, %8) @3
  %13: any = take[0](%12) @3
  %14: any = unbound @3
  put[0](%12, %14) @3
  release(%13) @3
  poll @7 !b4()
  jump @7 -> b1(%7, %10)
b3(%15: i64):
  ret_raw(%15)
b4() cold:
  %16: opt = null
  ret(%16)
}
---
func "reads" code 0 version 0 checked locals 0 scratch 0 raw {
b0(%0: any, %1: any):
  %2: i64 = i64[0]
  jump -> b1(%1, %2, %2)
b1(%3: any, %4: i64, %5: i64):
  %6: i64 = load[16](%3) @3
  %7: i1 = icmp[ult](%5, %6) @3
  br(%7) @3 -> b2(%3, %4, %5), b8(%4)
b2(%8: any, %9: i64, %10: i64):
  %11: i64 = load[16](%8) @3
  %12: i1 = icmp[ult](%10, %11) @3
  %13: i64 = isub(%11, %10)
  %14: i64 = i64[1]
  %15: i64 = i64[10]
  %16: i64 = ishl(%14, %15)
  %17: i64 = iadd(%10, %16)
  %18: i1 = icmp[ult](%16, %13)
  %19: i64 = select(%17, %11, %18)
  jump @3 -> b3(%8, %9, %10, %19)
b3(%20: any, %21: i64, %22: i64, %23: i64):
  jump -> b4(%20, %21, %22, %23)
b4(%24: any, %25: i64, %26: i64, %27: i64):
  %28: i64 = i64[1] @3
  %29: i64 = iadd(%26, %28) @3
  %30: ptr = load[32](%24) @3
  %31: ptr = index(%30, %26) @3
  %32: any = load[0](%31) @3
  %33: i64 = guard_int(%32) @3 !b9()
  %34: i64 = add_fits(%25, %33) @5 !b9()
  %35: i1 = icmp[ult](%29, %27) @7
  br_likely(%35) @7 -> b5(%24, %34, %29, %27), b6(%24, %34, %29)
b5(%36: any, %37: i64, %38: i64, %39: i64):
  %40: i64 = load[16](%36) @3
  %41: i1 = icmp[ult](%38, %40) @3
  jump @3 -> b4(%36, %37, %38, %39)
b6(%42: any, %43: i64, %44: i64):
  %45: i64 = load[16](%42) @3
  %46: i1 = icmp[ult](%44, %45) @3
  br(%46) @3 -> b7(%42, %43, %44), b8(%43)
b7(%47: any, %48: i64, %49: i64) cold:
  poll @7 !b9()
  jump @3 -> b1(%47, %48, %49)
b8(%50: i64):
  ret_raw(%50)
b9() cold:
  %51: opt = null
  ret(%51)
}

func "releases" code 0 version 1 checked locals 0 scratch 0 raw {
b0(%0: any, %1: any):
  %2: i64 = i64[0]
  jump -> b1(%1, %2)
b1(%3: any, %4: i64):
  %5: i64 = load[16](%3) @3
  %6: i1 = icmp[ult](%4, %5) @3
  br(%6) @3 -> b2(%3, %4), b3(%4)
b2(%7: any, %8: i64):
  %9: i64 = i64[1] @3
  %10: i64 = iadd(%8, %9) @3
  %11: ptr = load[32](%7) @3
  %12: ptr = index(%11, %8) @3
  %13: any = take[0](%12) @3
  %14: any = unbound @3
  put[0](%12, %14) @3
  release(%13) @3
  poll @7 !b4()
  jump @7 -> b1(%7, %10)
b3(%15: i64):
  ret_raw(%15)
b4() cold:
  %16: opt = null
  ret(%16)
}
