# What built-in functions say of keywords that they do not have.
import itertools
import struct
import types


def t(f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except Exception as e:
        print(type(e).__name__, e)


t(round, number=1, ndigits=2, foo=3)
t(round, 1, 2, foo=3)
t(round, foo=3)
t("a".split, maxsplt=1)
t("a".split, maxsplt=1, sep="", x=1, y=3)
t("a".encode, encoding=1, errors=2, x=3)
t(sum, [], start=1, x=1)
t(sum, [], x=1)
t(print, 1, foo=2)
t(max, 1, foo=2)
t(max, 1, default=1, key=2, foo=3)
t(itertools.product, 0, repeat=1, foo=2)
t(ImportError, 0, name=1, path=2, name_from=3, foo=3)
t(ImportError, namez=1)
t(struct.pack, x=1)
module = types.ModuleType("mod")
t(module)
module.mod = print
t(module)
