"""f-strings: conversions, specs, nesting, and the format protocol."""


class F:
    def __init__(self, name):
        self.name = name

    def __format__(self, spec):
        return f"<{self.name}:{spec}>"

    def __str__(self):
        return "str-" + self.name

    def __repr__(self):
        return "repr-" + self.name


class Bad:
    def __format__(self, spec):
        return 1


class S(str):
    def __format__(self, spec):
        return "S" + spec


class N(int):
    def __str__(self):
        return "N!"


x, y, w = 3.14159, 42, 10
f = F("f")
print(f"{x}|{y}|{f}|{f!r}|{f!s}|{f!a}|{f:abc}|{f!r:>10}")
print(f"{x:.2f}|{x:10.3f}|{x:<10.1e}|{x:{w}.{2}f}|{y:>{w}}|{y:0{w}d}|{y:^+10,}")
print(f"{'a'}{'é'}{'\u1234'}{'\U0001f600'}", f"{'ab':>5}|{'ab':*<5}|{'abc':.2}")
print(f"{y=}|{y = }|{y=!s}|{y=:>5}|{x=:.1f}|{f=}")
print(f"{S('x')}|{S('x'):q}|{N(5)}|{N(5):3}|{True}|{True:3}|{None}|{None!r:>6}")
print(f"{10**20:,}|{-10**20:_}|{255:#x}|{255:#b}|{255:X}|{65:c}|{1e100}|{float('inf'):f}|{-0.0:z.1f}")
print(f"{[1, 'a', None]!r}|{(1,)}|{ {1: 2} }|{{}}|{{{y}}}")
print(f"{1 + 2j}|{1 + 2j:.2f}|{b'x'}|{'a' 'b'}")
for make in (
    lambda: f"{Bad()}",
    lambda: f"{y:zz}",
    lambda: f"{'a':d}",
    lambda: f"{x:d}",
    lambda: f"{[]:5}",
    lambda: f"{y:{'x' * 3}}",
    lambda: format(object(), "5"),
    lambda: format(1, 2),
    lambda: f"{y:.3d}",
    lambda: f"{'a':+}",
    lambda: f"{'a':=5}",
    lambda: f"{x:,_f}",
    lambda: f"{y:,x}",
    lambda: f"{1j:05}",
    lambda: f"{y:99999999999999999999}",
):
    try:
        print(make())
    except Exception as e:
        print(type(e).__name__, e)
parts = [f"{i:>3}" for i in range(12)]
print("".join(parts), ",".join(f"{i}" for i in range(5)))
text = ""
for i in range(3000):
    text += f"{i % 10}"
    if i % 1000 == 0:
        text += "é"
    if i == 2500:
        text += "\u20ac"
print(len(text), text[:12], text[-5:], text.count("é"), text.count("\u20ac"), hash(text) == hash(str(text.encode(), "utf-8")))
