"""Errors of slots name the class with its module; operators in place and deletions have messages of their own."""
import records


class Here:
    __slots__ = ("x",)


for o in (records.Point(), records.Point.Inner(), records.Sub(), Here()):
    for action in (lambda: o.x, lambda: o.z, lambda: delattr(o, "x"), lambda: setattr(o, "z", 1)):
        try:
            action()
        except AttributeError as e:
            print(e)


def combine(a, b, op):
    if op == "|":
        a |= b
    elif op == "&":
        a &= b
    elif op == "<<":
        a <<= b
    elif op == "**":
        a **= b
    return a


for op in ("|", "&", "<<", "**"):
    for a, b in ((1.5, 2.5), (1.5, 2), (1, 2.5), ("a", 1)):
        try:
            print(combine(a, b, op))
        except TypeError as e:
            print(e)

for container in (1, 1.5, None, (1,), "a", {1}, int, Here(), iter([]), range(3), {}.keys()):
    for key in (0, "a", slice(1)):
        try:
            del container[key]
        except TypeError as e:
            print(e)

print({29, 38, 14, 13}, [x for x in {11, -4, 13, 36}], 21 in {21, 4, 20, 29})
for x in {21, 4, 20, 29}:
    print(x)
