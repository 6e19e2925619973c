; certify may have been freed
func "f" code 0 direct counted locals 0 scratch 0 {
b0(%0: any, %1: own any):
  %2: ptr = load[32](%0)
  %3: any = load[0](%2)
  jump -> b1(%3, %1)
b1(%4: any, %5: own any):
  dec(%5)
  inc(%4)
  %6: opt = null
  dec(%4)
  ret(%6)
}
