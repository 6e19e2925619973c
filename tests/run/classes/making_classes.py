"""type(), class statements and their errors."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


class A: pass
class S:
    __slots__=('x','y')
def f(): S().x
t(f)
def f(): del S().x
t(f)
def f(): S().z=1
t(f)
def f(): A.__call__
t(f)
t(lambda: type())
t(lambda: type(1,2))
t(lambda: type(1,2,3))
t(lambda: type('a',2,3))
t(lambda: type('a',(),3))
t(lambda: type('a',(3,),{}))
t(lambda: type('a',(bool,),{}))
t(lambda: type('a',(int,str),{}))
t(lambda: type('a',(A,A),{}))
class B(A): pass
t(lambda: type('a',(A,B),{}))
t(lambda: type('a\0',(),{}))
t(lambda: type('a',(),{'__slots__':(1,)}))
t(lambda: type('a',(),{'__slots__':('a b',)}))
t(lambda: type('a',(),{'__slots__':('x',),'x':1}))
t(lambda: type('a',(int,),{'__slots__':('x',)}))
t(lambda: type('a',(type,),{'__slots__':('x',)}))
t(lambda: type('a',(A,),{'__slots__':('__dict__',)}))
t(lambda: type('a',(A,),{'__slots__':('__weakref__',)}))
t(lambda: type('a',(),{'__qualname__':3}))
t(lambda: type('a',(),{'__classcell__':3}))
t(lambda: type('a',(),{}, x=1))
t(lambda: type.__new__())
t(lambda: type.__new__(type))
t(lambda: type.__new__(type,'a'))
t(lambda: type.__new__(type,1,2,3))
t(lambda: type.__init__(A))
t(lambda: type.__init__(A,1,2,3,x=1))
class M(type): pass
class M2(type): pass
class X(metaclass=M): pass
class Y(metaclass=M2): pass
t(lambda: type('a',(X,Y),{}))
def f():
    class Z(X,Y): pass
t(f)
def f():
    class Z(metaclass=3): pass
t(f)
class D:
    def __set_name__(self,o,n): 1/0
def f():
    class Z: d=D()
t(f)
