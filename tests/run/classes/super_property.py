"""super, property, classmethod, staticmethod."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


t(lambda: super())
def f(): return super()
t(f)
def f(x): return super()
t(lambda: f(1))
class A:
    def f(self): return super().zz
    def g(self): return super(int, self).zz
    def h(self): return super
    def d(self): del self; return super()
    x=1
t(lambda: A().f())
t(lambda: A().g())
t(lambda: A().d())
t(lambda: super(1))
t(lambda: super(1,2,3))
t(lambda: super(A,3))
t(lambda: super(A))
t(lambda: super(A,A()))
t(lambda: super(A,A))
t(lambda: super(A).x)
t(lambda: super(A,A()).__thisclass__)
t(lambda: (super(A).__self__,super(A,A).__self_class__))
t(lambda: super(a=1))
class P:
    p=property()
    @property
    def q(self): "doc"; return 3
    r=property(None, lambda s,v:None)
def f(): P().p
t(f)
def f(): P().p=1
t(f)
def f(): del P().p
t(f)
def f(): P().q=1
t(f)
def f(): del P().q
t(f)
def f(): P().r
t(f)
t(lambda: P.q.__doc__)
t(lambda: P.q.__name__)
t(lambda: P.p.__name__)
t(lambda: property().__name__)
t(lambda: property().fget)
t(lambda: property(1,2,3,4,5))
t(lambda: property(x=1))
t(lambda: property().getter(3).fget)
t(lambda: property().__set_name__(1))
t(lambda: property().__isabstractmethod__)
t(lambda: classmethod())
t(lambda: classmethod(f=1))
t(lambda: staticmethod(3)())
t(lambda: classmethod(3).__get__(None,None))
t(lambda: classmethod(len))
