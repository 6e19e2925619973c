; pass counts
func "f" code 0 direct checked locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: any = call[neg](%1) !b1()
  %3: opt = null
  %4: any = call_python[0](%0, %3, %2, %1) !b1()
  ret(%4)
b1():
  %6: opt = null
  ret(%6)
}
---
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any, %1: any):
  %2: any = call[neg](%1) !b1()
  %3: opt = null
  %4: any = call_python[4](%0, %3, %2, %1) !b1()
  ret(%4)
b1():
  %5: opt = null
  ret(%5)
}
