# Context variables, contexts and tokens.
import _contextvars as cv


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except BaseException as e:
        print(type(e).__name__, e)


attempt(cv.ContextVar)
attempt(cv.ContextVar, 3)
attempt(cv.ContextVar, "a", 1)
attempt(cv.ContextVar, "a", foo=1)
a = cv.ContextVar("a", default=1)
b = cv.ContextVar("b")
attempt(b.get)
attempt(b.get, 3)
attempt(a.get, 3)
attempt(a.get)
token = b.set(4)
print(token.old_value, token.var is b, b.get())
attempt(b.reset, token)
attempt(b.reset, token)
attempt(b.reset, 3)
attempt(a.reset, b.set(3))
print(token, cv.Token.MISSING)
attempt(cv.Token)
attempt(cv.Context, 1)

c = cv.Context()
print(len(c), a in c, list(c))
attempt(c.__getitem__, 3)
attempt(c.__getitem__, a)
attempt(c.get, 3)
attempt(c.get, a, 7)


def inside():
    a.set(9)
    attempt(c.run, print)
    print(c.copy() == c, c != c.copy(), c == 3)
    print(len(list(c.items())), [k.name for k in c.keys()], list(c.values()))
    return cv.copy_context()


copied = c.run(inside)
print(copied == c, copied[a], a.get(), c[a], len(c))
attempt(c.run)
attempt(c.run, 3)
attempt(hash, c)
with b.set(77) as t:
    print(b.get(), t.old_value)
print(b.get())
attempt(c.run, b.reset, b.set(3))


def nested(n):
    a.set(n)
    if n:
        cv.copy_context().run(nested, n - 1)
    return a.get()


print(cv.Context().run(nested, 5))
print(cv.ContextVar[int], cv.Token[int])
