"""Functions: parameters, defaults, closures, annotations, generators."""
def plain(a, b=1, /, c=2, *args, d, e=3, **kwargs) -> "result":
    """  A docstring.

        Indented.
    """
    return a + b * c - len(args) + d // e, kwargs

def outer(x):
    y = x
    def inner(z: int, *, w: list[str] = ()) -> x:
        nonlocal y
        y += z
        return lambda q=y, *r, s: (q, r, s, x, w)
    class Local:
        attr = y
        def method(self): return __class__, super().method
    del y
    return inner, Local

def gen(n):
    try:
        for i in range(n):
            got = yield i
            if got: return got
        yield from gen(n - 1)
    finally:
        print("done")

async def coro(a):
    async with a as b, a.c as (d, e):
        async for f in b:
            await f
        else:
            return [g async for g in d if await g]
    return {h: i async for h, i in e}, (j async for j in e), {k for k in [await a]}

@plain
@outer(1).attr[2]
def decorated(): pass

global_name = lambda: (yield)
def star(*args: *tuple[int, ...], **kw: None): global global_name; global_name = args
