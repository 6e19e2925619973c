"""Attributes of classes: reading, assigning, deleting."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


class A: pass
class S:
    __slots__=("x","y")
class B(A): pass
def f(): int.x=1
t(f)
def f(): del int.x
t(f)
def f(): del A.x
t(f)
def f(): A.__name__=1
t(f)
def f(): A.__name__='a\0'
t(f)
def f(): del A.__name__
t(f)
def f(): int.__name__='x'
t(f)
def f(): A.__qualname__=1
t(f)
def f(): del A.__qualname__
t(f)
def f(): A.__module__=1; return A.__module__
t(f)
A.__module__='__main__'
def f(): A.__bases__=1
t(f)
def f(): A.__bases__=()
t(f)
def f(): A.__bases__=(1,)
t(f)
def f(): A.__bases__=(B,)
t(f)
def f(): A.__bases__=(int,)
t(f)
def f(): int.__bases__=(int,)
t(f)
def f(): A.__mro__=()
t(f)
def f(): A().__class__=1
t(f)
def f(): A().__class__=int
t(f)
def f(): (1).__class__=A
t(f)
def f(): S().__class__=A
t(f)
def f():
    a=A(); del a.__class__
t(f)
def f(): a=A(); a.__dict__=1
t(f)
def f(): int.__dict__['x']=1
t(f)
t(lambda: A.__dict__['__dict__'])
t(lambda: A.__dict__['__weakref__'])
t(lambda: S.__dict__['x'])
t(lambda: sorted(A.__dict__))
t(lambda: sorted(S.__dict__))
t(lambda: A.__doc__)
t(lambda: type.__doc__)
t(lambda: A.__abstractmethods__)
t(lambda: A.__text_signature__)
t(lambda: int.__text_signature__)
t(lambda: A.__annotations__)
t(lambda: int.__annotations__)
t(lambda: A.__annotate__)
t(lambda: A.__type_params__)
t(lambda: A.mro())
t(lambda: A.__subclasses__())
t(lambda: __build_class__())
t(lambda: __build_class__(1,2))
t(lambda: __build_class__(f,2))
t(lambda: type.__prepare__())
def f():
    class P(type):
        @classmethod
        def __prepare__(cls,*a): return 5
    class Q(metaclass=P): pass
t(f)
def f():
    class Q(A, x=1): pass
t(f)
class C3: pass
t(lambda: object.__init_subclass__(1))
t(lambda: A.__type_params__)
def f():
  class P(type):
    def mro(cls): return (1,)
  class Q(metaclass=P): pass
t(f)
def f():
  class P(type):
    def mro(cls): return (cls,int)
  class Q(metaclass=P): pass
t(f)
def f():
  class P:
    def __mro_entries__(self,b): return 5
  class Q(P()): pass
t(f)
t(lambda: type('Q',(5,),{}))
class P:
    def __mro_entries__(self,b): return ()
t(lambda: type('Q',(P(),),{}))
