; pass counts
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any, %2: own any):
  %3: any = call[add](%1, %2) !b1(%2)
  %4: any = build[build_tuple](%1, %3, %3) !b1(%2)
  release(%2)
  release(%1)
  ret(%4)
b1(%5: own any):
  release(%5)
  %6: opt = null
  ret(%6)
}
---
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any, %1: any, %2: own any):
  %3: any = call[add](%1, %2) !b1(%2)
  inc(%1)
  inc(%3)
  %4: any = build[build_tuple](%1, %3, %3) !b1(%2)
  dec(%2)
  ret(%4)
b1(%5: own any):
  dec(%5)
  %6: opt = null
  ret(%6)
}
