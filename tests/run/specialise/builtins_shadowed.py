"""Names of builtins bound in the module, in `builtins`, and unbound again, while loops use them."""
import builtins


def lengths(n):
    global len
    out = []
    for i in range(n):
        out.append(len("abc"))
        if i == 1:
            len = lambda x: "mine"
        if i == 3:
            del len
    return out


print(lengths(6))


def through_builtins(n):
    out = []
    kept = builtins.abs
    for i in range(n):
        out.append(abs(-i))
        if i == 1:
            builtins.abs = lambda x: ("patched", x)
        if i == 3:
            builtins.abs = kept
    return out


print(through_builtins(6))


def ranges(n):
    out = []
    kept = builtins.range
    for i in range(n):
        out.append([k for k in range(2)])
        if i == 0:
            builtins.range = lambda k: "xyz"[:k]
        if i == 2:
            builtins.range = kept
    return out


print(ranges(4))


def types(values):
    global int, isinstance
    out = []
    for i, v in enumerate(values):
        out.append((int(v), isinstance(v, float)))
        if i == 1:
            int = lambda v: "int"
        if i == 2:
            isinstance = lambda a, b: "instance"
        if i == 3:
            del int, isinstance
    return out


print(types([1.5, 2, 3.5, 4, 5.5]))


def added(n):
    out = []
    for i in range(n):
        try:
            out.append(brand_new(i))
        except NameError as e:
            out.append(str(e))
        if i == 0:
            builtins.brand_new = lambda x: x + 0.5
        if i == 2:
            globals()["brand_new"] = str
        if i == 3:
            del globals()["brand_new"]
        if i == 4:
            del builtins.brand_new
    return out


print(added(7))


def sums(n):
    global sum, max
    out = []
    for i in range(n):
        out.append((sum(v for v in (1, 2, 3)), max(4, i)))
        if i == 0:
            sum = lambda it: list(it)
        if i == 1:
            max = min
        if i == 2:
            del sum, max
    return out


print(sums(5))


def constructors(n):
    global list, dict, str
    out = []
    for i in range(n):
        out.append((list("ab"), dict(a=1), str(i)))
        if i == 0:
            list = tuple
        if i == 1:
            dict = lambda **kw: sorted(kw)
        if i == 2:
            str = repr
        if i == 3:
            del list, dict, str
    return out


print(constructors(6))


def printing():
    kept = builtins.print
    lines = []
    builtins.print = lambda *args: lines.append(args)
    print("hidden", 1)
    builtins.print = kept
    print(lines)


printing()
zip_kept = zip


def zips(n):
    global zip, enumerate
    out = []
    for i in range(n):
        for a, b in zip([1, 2], [3, 4]):
            out.append(a * b)
        for a, b in enumerate("x"):
            out.append((a, b))
        if i == 0:
            zip = lambda a, b: [(b[0], a[0])]
        if i == 1:
            enumerate = lambda s: [(s, s)]
        if i == 2:
            del zip, enumerate
    return out


print(zips(4))


def errors(n):
    global ValueError
    out = []
    for i in range(n):
        try:
            try:
                int("x")
            except ValueError:
                out.append("caught")
        except Exception as e:
            out.append(type(e).__name__)
        if i == 0:
            ValueError = KeyError
        if i == 1:
            del ValueError
        if i == 2:
            globals()["ValueError"] = 5
        if i == 3:
            del globals()["ValueError"]
    return out


print(errors(5))
