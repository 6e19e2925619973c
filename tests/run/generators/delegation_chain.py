import sys, traceback
def leaf(n):
    try:
        for i in range(n):
            if i == 3:
                f = sys._getframe()
                names = []
                while f:
                    names.append((f.f_code.co_name, f.f_lineno))
                    f = f.f_back
                print(names)
            x = yield i
            if x: print("got", x)
    finally:
        print("leaf done")
    return "result"
def mid(n):
    r = yield from leaf(n)
    print("mid", r)
    yield "m"
    return r
def top(n):
    try:
        r = yield from mid(n)
        print("top", r)
    except ValueError as e:
        print("caught", e)
        traceback.print_exc(file=sys.stdout)
    yield "t"
g = top(6)
print(list(g))
g = top(6); print(next(g), next(g), g.send("hi"), g.gi_yieldfrom.gi_yieldfrom.gi_code.co_name)
try: g.throw(ValueError("v"))
except StopIteration: pass
print(list(g))
def bad(n):
    yield 1
    yield 2
    raise ValueError("bad")
def b2(n):
    yield from bad(n)
def b3(n):
    yield from b2(n)
def b4(n):
    try:
        yield from b3(n)
    except ValueError as e:
        traceback.print_exc(file=sys.stdout)
        yield "after"
print(list(b4(1)))
try:
    for x in b3(1): print(x)
except ValueError: traceback.print_exc(file=sys.stdout)
# re-entrance
hold = []
def inner():
    yield 1
    for h in hold:
        print(h.gi_running, h.gi_suspended)
        try: next(h)
        except ValueError as e:
            print("E", e); traceback.print_exc(file=sys.stdout)
    yield 2
i = inner()
def o1(): yield from i
def o2(): yield from o1x
o1x = o1()
o = o2()
print(next(o))
hold[:] = [i, o1x, o]
print(next(o)); print(list(o))
# shared
def src():
    for k in range(10): yield k
s = src()
def d(name):
    yield from s
    return name
a, b = d("a"), d("b")
print([next(a), next(b), next(a), next(b), next(s), next(a)])
print(list(a), list(b))
# close in the middle
a = top(9); next(a); next(a); a.close(); print(a.gi_frame)
def del_mid():
    yield from (x for x in range(5))
m = del_mid(); w = (lambda: (yield from m))()
print(next(w), next(w), next(m), next(w))
m.close()
print(list(w))
def rec(n):
    yield n
    yield from rec(n + 1)
import itertools
try:
    for v in rec(0): last = v
except RecursionError as e: print("rec", last > 900 and last < 1000, last, e)
def hnd():
    try: raise KeyError("k")
    except KeyError:
        yield from leaf2()
def leaf2():
    print(repr(sys.exception()))
    yield 1
    print(repr(sys.exception()))
    try: raise ValueError
    except ValueError as e: print(repr(e.__context__))
    yield 2
def wrap(): yield from hnd()
try: raise TypeError("outer")
except TypeError: print(list(wrap()))
