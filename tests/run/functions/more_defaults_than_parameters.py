"""Functions whose `__defaults__` were replaced by more values than they have parameters, or by fewer."""


def f(a): return a
def g(a, b): return a, b
def h(a, *, k=1): return a
for fn, d in [(f, (1, 2)), (f, (1, 2, 3)), (g, (1, 2, 3)), (g, (1,)), (g, ()), (h, (1, 2)), (g, None)]:
    fn.__defaults__ = d
    for args in [(), (5,), (5, 6), (5, 6, 7)]:
        try: print(fn.__name__, d, args, fn(*args))
        except TypeError as e: print(fn.__name__, d, args, e)
    try: print(fn.__name__, d, fn(5, 6, 7, 8, k=2))
    except TypeError as e: print(fn.__name__, d, e)
    try: print(fn.__name__, d, fn(a=3))
    except TypeError as e: print(fn.__name__, d, e)
