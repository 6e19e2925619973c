"""Unions as classes, delegates that cannot be closed, ABCs that learn of classes late."""
import typing
U = typing.List | typing.Tuple
for f in (lambda: issubclass(typing.List, U), lambda: issubclass(int, U), lambda: issubclass(1, U), lambda: issubclass(1, int | str), lambda: issubclass(bool, int | None), lambda: issubclass(typing.List, int | str), lambda: issubclass(int, list[int] | int), lambda: isinstance(1, int | list[int]), lambda: issubclass(type(None), int | None)):
    try: print(f())
    except TypeError as e: print(e)
class Broken:
    def __iter__(self): return self
    def __next__(self): return 1
    def __getattr__(self, attr): 1 / 0
def g(): yield from Broken()
gi = g(); next(gi)
import sys
sys.unraisablehook = lambda u: print(u.exc_type, u.err_msg, type(u.object))
print(gi.close())
class Loud(Broken):
    def __getattr__(self, n): raise AttributeError
    def close(self): raise KeyError("close")
def h():
    try: yield from Loud()
    except KeyError as e: print("caught", e); raise
gi = h(); next(gi)
try: gi.close()
except KeyError as e: print(repr(e))
gi = h(); next(gi)
try: gi.throw(GeneratorExit)
except KeyError as e: print(repr(e))
import collections.abc
class Parent: pass
class ChildPre(Parent): pass
class GrandchildPre(ChildPre): pass
collections.abc.Mapping.register(Parent)
class ChildPost(Parent): pass
def mt(v):
    match v:
        case [*_]: return "seq"
        case {}: return "map"
print(mt(Parent()), mt(ChildPre()), mt(GrandchildPre()), mt(ChildPost()))
