# Recursion that passes through no Python function ends in RecursionError, and Python functions may still be deep.
import sys


def t(f, *args):
    try:
        f(*args)
    except RecursionError:
        print("RecursionError")
    else:
        print("fine")


class A:
    pass


A.__call__ = A()
t(A())


class B:
    pass


B.__repr__ = B.__str__
t(repr, B())
t(str, B())

nested = ()
for i in range(500_000):
    nested = (nested,)
t(hash, nested)
t(isinstance, 1, nested)
t(repr, nested)
group = ValueError()
for i in range(200_000):
    group = ExceptionGroup("g", [group])
t(group.split, ValueError)

sys.setrecursionlimit(60_000)


def deep(n):
    return repr([[n]]) if n == 0 else deep(n - 1)


print(deep(50_000))
