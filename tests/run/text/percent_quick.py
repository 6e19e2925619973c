"""`%` with short formats: the quick way and what it leaves to the other."""


class Named(str):
    def __mod__(self, other):
        return "named"


class Right(str):
    def __rmod__(self, other):
        return "right"


class Whole(int):
    def __str__(self):
        return "whole"


values = [0, 7, 9, 10, 99, 100, -1, -9, -10, 12345678901234567890, 2 ** 61 - 1, -2 ** 61, True, None, 1.5, "", "s", "\xe9", "\u1234", Whole(3)]
for template in ["x%d", "%d", "%s", "%i%%", "%%", "", "a%sb%sc", "%d:%d", "%5d", "%-5s|", "%x", "%(a)s", "%", "%z", "\xe9%d", "%r", "%c"]:
    for v in values:
        for args in (v, (v,), (v, 3), ()):
            try:
                print(repr(template), args, repr(template % args))
            except (TypeError, ValueError, KeyError, OverflowError) as e:
                print(repr(template), args, type(e).__name__, e)
print("%s" % "y" * 3, "%s-%s" % ("a" * 60, "b" * 60), "%d" % (10 ** 18), ("z" * 120 + "%d") % 4)
print(Named("%d") % 3, "%d" % Right("q") if False else "%s" % Right("q"), "%s" % {"a": 1}, "%(a)d" % {"a": 1})
print("%d" % 3.99, "%s %s" % (1, [2]), "%s" % ((1, 2),), "%d%%" % 50)
for text in ["x5", "", " ", "5x", "'", '"', "\\", "a" * 90, "a" * 120, "\x7f", "\xe9", "+x", "-", "_1", "1_", "\n", " x ", "x\n", "0x1f", "z" * 300, "12a"]:
    for base in (None, 10, 2, 16, 36):
        try:
            print(int(text) if base is None else int(text, base))
        except ValueError as e:
            print(ascii(str(e)))
