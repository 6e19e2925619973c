"""Context managers that are none."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


class A: pass
class B:
    def __enter__(self): pass
class C:
    async def __aenter__(self): pass
    async def __aexit__(self,*a): pass
class D:
    def __enter__(self): pass
    def __exit__(self,*a): pass
def f():
    with A(): pass
t(f)
def f():
    with B(): pass
t(f)
def f():
    with C(): pass
t(f)
async def g(x):
    async with x: pass
def run(x):
    g(x).send(None)
t(lambda: run(A()))
t(lambda: run(D()))
