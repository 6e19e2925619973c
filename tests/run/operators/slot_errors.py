"""Operators and slots reached by their dunder names: results and errors."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


class A: pass
class P:
    def __init__(self): return 1
t(lambda: 1 in 5)
t(lambda: A()[1])
t(lambda: A[1])
def f():
    a=A(); a[1]=2
t(f)
def f():
    a=A(); del a[1]
t(f)
t(lambda: (1).__add__())
t(lambda: (1).__add__(1,k=2))
t(lambda: (1).__pow__())
t(lambda: object.__setattr__(int,'x',1))
t(lambda: object.__new__(int))
t(lambda: int.__new__())
t(lambda: int.__new__(3))
t(lambda: int.__new__(str))
t(lambda: object.__new__(list))
t(P)
t(lambda: 1+"a")
t(lambda: 1>>print)
t(lambda: print>>1)
t(lambda: [1]*2.0)
t(lambda: 2.0*[1])
t(lambda: pow(1,"a"))
t(lambda: pow(1,"a",3))
def f():
    a=1; a**="x"
t(f)
def f():
    a=1; a@="x"
t(f)
t(lambda: -A())
t(lambda: ~A())
t(lambda: +A())
t(lambda: abs(A()))
class L:
    def __len__(self): return -1
t(lambda: len(L()))
class L:
    def __len__(self): return 'a'
t(lambda: len(L()))
t(lambda: bool(L()))
class L:
    def __bool__(self): return 1
t(lambda: bool(L()))
class L:
    def __hash__(self): return 'a'
t(lambda: hash(L()))
class L:
    def __contains__(self,x): return 'a'
    __iter__=None
t(lambda: 3 in L())
t(lambda: list(L()))
class L:
    __contains__=None
t(lambda: 3 in L())
class L:
    def __get__(self,*a): return 5
    def __getitem__(self,i): return i
t(lambda: L()[2:3])
t(lambda: type(A.__init__))
t(lambda: A.__init__)
t(lambda: object.__init__(3,4))
t(lambda: A(1))
t(lambda: object(1))
t(lambda: object(a=1))
class N:
    def __new__(cls,*a): return object.__new__(cls,*a)
t(lambda: N(1))
class N:
    def __init__(self,*a): super().__init__(*a)
t(lambda: N(1))
t(lambda: len(5))
t(lambda: "a".__getitem__())
t(lambda: A.__get__)
t(lambda: property().__get__(None,None))
t(lambda: object().__eq__())
t(lambda: [].__setitem__(1))
t(lambda: [].__delitem__())
t(lambda: property().__delete__())
t(lambda: iter([]).__next__())
t(lambda: iter([]).__next__(1))
t(lambda: object.__repr__())
t(lambda: int.__add__("a",1))
t(lambda: int.__new__.__self__)
t(lambda: int.__new__.__text_signature__)
t(lambda: int.__new__.__doc__)
t(lambda: int.__new__.__qualname__)
t(lambda: len([].__len__(1)))
