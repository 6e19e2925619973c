; pass open_blocks
func "f" code 0 direct lowered locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: i1 = icmp[eq](%0, %1)
  jump -> b1(%0, %1, %2)
b1(%3: any, %4: any, %5: i1):
  br(%5) -> b1(%3, %4, %5), b2(%4)
b2(%6: any):
  inc(%6)
  ret(%6)
}
---
func "f" code 0 direct lowered locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: i1 = icmp[eq](%0, %1)
  jump -> b1()
b1():
  br(%2) -> b1(), b2()
b2():
  inc(%1)
  ret(%1)
}
