"""Messages name a type with its module, which is left out for builtins and __main__."""
import functools
class L:
    __hash__ = None
    class In: __hash__ = None
for f in (lambda: {L()}, lambda: {L(): 1}, lambda: {L.In()}, lambda: {[]}, lambda: set([L()]), lambda: {}.__getitem__(L.In()), lambda: dict.fromkeys([L()]), lambda: frozenset([L()]), lambda: {1: 2}.get(L()), lambda: L() in {1}, lambda: L() in {1: 1}, lambda: {1}.remove(L()), lambda: hash(L())):
    try: f()
    except TypeError as e: print(e)
import collections
class M(collections.deque): pass
try: {collections.deque(): 1}
except TypeError as e: print(e)
try: {M()}
except TypeError as e: print(e)
class L:
    class P(functools.partial): pass
print(repr(L.P(int, "3", base=5)))
class N: pass
for f in (lambda: "%d" % N(), lambda: "%x" % N(), lambda: "%c" % N(), lambda: "%f" % N(), lambda: "%*d" % (N(), 1), lambda: "%(a)s" % N(), lambda: "%d" % "s", lambda: b"%d" % N(), lambda: b"%b" % N(), lambda: b"%c" % N(), lambda: "%c" % "ab", lambda: "%x" % 1.5, lambda: "%i" % L.P(int)):
    try: print(f())
    except TypeError as e: print(e)
