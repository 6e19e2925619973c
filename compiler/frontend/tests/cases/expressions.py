"""Expressions: operators, displays, calls, slices, constants."""
a = b = c = {1: 2, **{}, 3: 4}, {1, *a}, [*a, 1], (*a,), (), (1,), [], {}
d = a if b else c and not d or e < f != g in h
f = a.b.c[1:2, ::3, ...](*d, x=1, **e)[a:b][1:2][:][::-1].\
    attr.method(1)(
        2, k=3)
g = -1 ** 2, ~3, +4, not 5, 1 + 2 * 3 @ 4 / 5 // 6 % 7 << 8 >> 9 & 10 | 11 ^ 12
h += 1; h[a] -= 2; h.b *= 3; h[a:b] //= 4; h[:2] |= 5
i = (j := 10) + (k := j)
l = 10 ** 20, 0xFFFFFFFFFFFFFFFFFFFFFFFF, 0o17, 0b11, 1_000, 1e400, 1.5j, -0.0, 5e-324
m = "a" 'b' "\N{BULLET}\u1234\x41\101\n" r"\raw" u"u", b"bytes\xff" br"\x", "\ud800"
n = f"{a}{b!r:>{c}} {{x}} {d=} {e = !s:{f}{g}}" "plain" rf"\{h:%Y}" f"", f'{a:{{}}}'
o = t"t {a!s:x{b}} {c=}" t"more"
p = "%s and %r %5.3a%%" % (a, b, c), "%d" % (a,), "%s" % a
q = [x for x in y for z in [x] if z if x], {x: y for x, y in z}, {x for x in y}, (x for x in y)
r = all(x for x in y), any(x for x in y), tuple(x for x in y), sum(x for x in y), list(x for x in y)
s = [[y for y in x] for x in [lambda: x for x in z]]
t = a < b < c, a is b, a is not b, a not in b, 1 < 2 < 3
u = f(a, b, *c, d=1, **e), f(*a), f(**a), f(*a, *b), f(1, 2, x=1)
v, (w, *x), [y] = z
v = w, = x
print(a, b, sep=""); a.b.c.d()
if __debug__: __debug__
(yield_ := lambda: 0)()
big = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, a]
calls = f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, a)
keys = {1: a, 2: a, 3: a, 4: a, 5: a, 6: a, 7: a, 8: a, 9: a, 10: a, 11: a, 12: a, 13: a, 14: a, 15: a, 16: a, 17: a}
