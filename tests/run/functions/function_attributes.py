"""Functions, methods and cells: attributes and constructors."""
class types:
    CellType = type((lambda x: lambda: x)(1).__closure__[0])
    MethodType = type((type("Q", (), {"f": lambda self: 1}))().f)
    FunctionType = type(lambda: 0)


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


class A:
    def f(self): return super().zz
t(lambda: types.CellType(3,4))
t(lambda: types.MethodType(1,2))
t(lambda: types.MethodType(len,None))
t(lambda: types.MethodType(len))
t(lambda: types.MethodType(len,3))
def f(): A.f.__code__=1
t(f)
def f(): A.f.__defaults__=1
t(f)
def f(): A.f.__kwdefaults__=1
t(f)
def f(): A.f.__name__=1
t(f)
def f(): del A.f.__name__
t(f)
def f(): A.f.__qualname__=1
t(f)
def f(): A.f.__globals__=1
t(f)
def f(): A.f.__closure__=1
t(f)
def f(): A.f.__dict__=1
t(f)
def f(): A.f.__annotations__=1
t(f)
def f(): A.f.__annotate__=1
t(f)
def f(): del A.f.__annotate__
t(f)
def f(): A.f.__type_params__=1
t(f)
def f(): A.f.__builtins__=1
t(f)
def f():
    def g(): return f
    A.f.__code__=g.__code__
t(f)
t(lambda: types.FunctionType(1,2))
t(lambda: types.FunctionType(A.f.__code__,2))
t(lambda: types.FunctionType(A.f.__code__,{}))
