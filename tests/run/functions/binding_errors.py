"""Arguments that do not fit."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


def k1(): (lambda a,b,/,c:0)(1,a=2)
t(k1)
def k1(): (lambda a,b,/,c:0)(1,2,a=2)
t(k1)
def f(a,b,c=1,*,d,e=2): pass
t(lambda: f())
t(lambda: f(1))
t(lambda: f(1,2))
t(lambda: f(1,2,3,4))
t(lambda: f(1,2,3,4,d=1))
t(lambda: f(1,2,3,4,d=1,e=1))
t(lambda: f(1,2,a=1))
t(lambda: f(1,2,zz=1))
t(lambda: f(1,2,dd=1))
t(lambda: f(*3))
t(lambda: f(**3))
t(lambda: f(**{1:2}))
t(lambda: f(**{'a':1},**{'a':2}))
t(lambda: f(a=1,**{'a':2}))
def g(): pass
t(lambda: g(1))
t(lambda: g(1,2))
t(lambda: g(a=1))
def g(a): pass
t(lambda: g(1,2))
t(lambda: [].append())
t(lambda: [].clear(1))
t(lambda: [].append(x=1))
t(lambda: list.append([]))
t(lambda: list.append())
t(lambda: list.append(1,2))
t(lambda: len())
t(lambda: len(1,2))
t(lambda: "".join())
t(lambda: "".isupper(1))
t(lambda: dict.fromkeys())
t(lambda: object.__init_subclass__(a=1))
