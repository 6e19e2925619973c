; verify V5
func "f" code 0 direct lowered locals 0 scratch 0 {
b0(%0: any):
  %1: i1 = i1[1]
  br(%1) -> b1(), b2()
b1():
  %2: i32 = i32[1]
  jump -> b2()
b2():
  switch[1](%2) -> b3(), b3()
b3():
  ret(%0)
}
