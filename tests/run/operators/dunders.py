"""Operators of Python classes: order of the methods, fallbacks, in-place forms."""


class N:
    def __init__(self, n):
        self.n = n

    def __repr__(self):
        return f"{type(self).__name__}({self.n!r})"


def binary(name):
    def f(self, other):
        print(f"{self!r}.{name}({other!r})")
        return NotImplemented if other == "no" else (name, self.n)

    return f


for op in "add sub mul matmul truediv floordiv mod pow lshift rshift and xor or divmod".split():
    for prefix in ("", "r", "i"):
        if op == "divmod" and prefix == "i":
            continue
        setattr(N, f"__{prefix}{op}__", binary(f"__{prefix}{op}__"))


class M(N):
    pass


class O(N):
    def __radd__(self, other):
        print("O.__radd__")
        return "O"


n, m, o = N(1), M(2), O(3)
print(n + 1, 1 + n, n + m, n + o, o + n, m - n)
print(n @ 2, 2 @ n, n // 1, n % 1, n**2, 2**n, n << 1, n >> 1, n & 1, n | 1, n ^ 1, divmod(n, 2), divmod(2, n))
x = n
x += 5
print(x)
x = n
x **= 2
print(x)
try:
    n + "no"
except TypeError as e:
    print(e)


class P:
    def __eq__(self, o):
        return NotImplemented

    def __lt__(self, o):
        return "lt"

    def __bool__(self):
        return False

    def __len__(self):
        return 3

    def __contains__(self, v):
        return v

    def __getitem__(self, k):
        return k

    def __setitem__(self, k, v):
        print("set", k, v)

    def __delitem__(self, k):
        print("del", k)

    def __call__(self, *a, **k):
        return a, k

    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "inv"

    def __abs__(self):
        return "abs"

    def __index__(self):
        return 2

    def __iter__(self):
        return iter("xy")

    def __hash__(self):
        return 2**70


p = P()
print(p == p, p != p, p == 1, p < 1, 1 > p, bool(p), len(p), 0 in p, "a" in p)
print(p[1], p[1:2], p[::2], p[...], p[1, 2])
p[0] = 1
p[1:2] = "s"
del p[3]
del p[:]
print(p(1, *[2], a=3, **{"b": 4}), -p, +p, ~p, abs(p), [1, 2, 3][p], list(p), hash(p) == hash(2**70))
try:
    p > p
    p <= p
except TypeError as e:
    print(e)


class Seq:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * i


print(list(Seq()), 4 in Seq(), 5 in Seq(), *Seq())


class Len:
    def __len__(self):
        return 0


print(bool(Len()), not Len())


class NoHash:
    def __eq__(self, o):
        return True


try:
    hash(NoHash())
except TypeError as e:
    print(e)
print(NoHash.__hash__)


class Int(int):
    def __add__(self, o):
        return "Int.add"


print(Int(1) + 1, 1 + Int(1), Int(2) * 3, type(Int(2) * 3), -Int(3))


class Str(str):
    def __mod__(self, o):
        return "mod"

    def __rmod__(self, o):
        return "rmod"


print(Str("%s") % 1, "%s" % Str("x"), Str("a") + "b")


class T:
    def __iadd__(self, o):
        return NotImplemented

    def __add__(self, o):
        return "add"


t = T()
t += 1
print(t)


class Ctx:
    def __enter__(self):
        return "in"

    def __exit__(self, *a):
        print(a[0])
        return True


with Ctx() as c:
    print(c)
    raise ValueError


class Del:
    def __del__(self):
        print("del")


d = Del()
del d
d = Del()
d = None
print("end")
