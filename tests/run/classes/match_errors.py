"""Class and mapping patterns: errors."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


class A: pass
class P:
    __match_args__=('a','b')
    a=1;b=2
class Q:
    __match_args__=3
class R:
    __match_args__=(3,)
def m1():
    match P():
        case P(1,2,3): pass
t(m1)
def m2():
    match Q():
        case Q(1): pass
t(m2)
def m3():
    match R():
        case R(1): pass
t(m3)
def m4():
    match A():
        case A(1): pass
t(m4)
def m5():
    match P():
        case P(1,a=2): pass
t(m5)
def m6():
    match 3:
        case int(1,2): pass
t(m6)
def m7():
    x=3
    match P():
        case x(): pass
t(m7)
def m8():
    match {1:2}:
        case {1:2,**k}: return k
t(m8)
class K:
  x=1
def m9():
    match {1:2}:
        case {K.x:2,1:3}: return k
t(m9)
