# Exceptions that a handler drops without looking, and all the ways in which somebody may look after all.
import sys


def count(items):
    n = 0
    it = iter(items)
    try:
        while True:
            n += next(it)
    except StopIteration:
        pass
    return n


print([count(x) for x in ((1, 2), [3, 4, 5], range(4), {1: 2, 5: 6}, "", (), [], {7}, (i * i for i in range(4)), map(abs, (-1, -2)))])


def parse(text):
    try:
        return int(text)
    except ValueError:
        return None


def lookup(table, key):
    try:
        return table[key]
    except KeyError:
        return -1


def base(table, key):
    try:
        return table[key]
    except LookupError:
        return "base"


def bare(table, key):
    try:
        return table[key]
    except:
        return "bare"


print([parse(x) for x in ("12", "x", "", " 7 ", "1_0", "-5", 3, 2.5, True, "9" * 30, b"8", "\u0663", "0x1")])
try:
    parse(None)
except TypeError as e:
    print(e)
try:
    parse("9" * 5000)
    print("none of it")
except ValueError as e:
    print("not here")

table = {1: "a", "b": 2, None: 3, 2.5: 4, (1, 2): 5, True: 6}
for key in (1, "b", None, 2.5, (1, 2), 7, "x", False, 1.0, 10 ** 30, (3,), "b" * 1):
    print(key, lookup(table, key), base(table, key), bare(table, key))
print(lookup([5, 6], 1), base([5, 6], 9), bare([5], 4), lookup("abc", 2))
for wrong in ([5, 6], (1,), "abc"):
    try:
        lookup(wrong, 99)
    except IndexError as e:
        print(e)
try:
    lookup(table, [])
except TypeError as e:
    print(e)


class Missing(dict):
    def __missing__(self, key):
        if key == 3:
            raise KeyError("from missing")
        if key == 4:
            raise ValueError("other")
        return "made"


print(lookup(Missing(), 1), lookup(Missing(), 3))
try:
    lookup(Missing(), 4)
except ValueError as e:
    print(e, e.__context__)


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if self.n == 13:
            raise KeyError("from eq")
        return isinstance(other, Key) and self.n == other.n


keyed = {Key(1): "one", 1: "int"}
print(lookup(keyed, Key(1)), lookup(keyed, Key(2)), lookup(keyed, Key(13)), lookup(keyed, 1), lookup(keyed, 2))


class Loud:
    def __init__(self, items):
        self.items = list(items)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.items:
            print("ending, handling", sys.exception())
            raise StopIteration("value")
        return self.items.pop()


print(count(Loud([1, 2])))


def not_iterator():
    try:
        next([1])
    except StopIteration:
        print("wrong")


try:
    not_iterator()
except TypeError as e:
    print(e)


class Ends:
    def __del__(self):
        print("deleted while handling", repr(sys.exception()), type(sys.exception()))


def last_reference():
    it = iter([Ends()])
    try:
        next(it)
        next(it)
    except StopIteration:
        pass
    print("after")


last_reference()


def looks(text):
    try:
        return int(text)
    except ValueError:
        print(sys.exception(), sys.exc_info()[0])
        return 0


def binds(text):
    try:
        return int(text)
    except ValueError as e:
        return str(e)


def raises(text):
    try:
        return int(text)
    except ValueError:
        raise KeyError(text)


def reraises(text):
    try:
        return int(text)
    except ValueError:
        raise


def tuple_of(text):
    try:
        return int(text)
    except (ValueError, TypeError):
        return "either"


def other(text):
    try:
        return int(text)
    except KeyError:
        return "wrong"


def final(text, log):
    try:
        return int(text)
    except ValueError:
        pass
    finally:
        log.append(sys.exception())
    return log


def nested(text):
    try:
        raise RuntimeError("outer")
    except RuntimeError:
        try:
            int(text)
        except ValueError:
            pass
        print("still", sys.exception())
        try:
            {}[text]
        except KeyError:
            pass
        print("still", sys.exception())


for f in (looks, binds, tuple_of, other, raises, reraises):
    for text in ("5", "q"):
        try:
            print(f.__name__, f(text))
        except Exception as e:
            print(f.__name__, type(e).__name__, e, repr(e.__context__))
print(final("z", []), final("3", []))
nested("w")


def loops(table):
    total = missed = 0
    for i in range(200):
        try:
            total += table[i]
        except KeyError:
            continue
        try:
            total += table[str(i)]
        except KeyError:
            missed += 1
        else:
            total += 1000
    return total, missed


print(loops({i: i for i in range(0, 200, 3)} | {str(i): 1 for i in range(0, 50)}))


def unbound(flag):
    try:
        if flag:
            value = int("k")
        else:
            value = int("4")
    except ValueError:
        pass
    try:
        return value
    except UnboundLocalError as e:
        return str(e)


print(unbound(False), unbound(True))


def rebound():
    out = []
    for i in range(6):
        try:
            out.append(int("n" if i % 2 else "8"))
        except ValueError:
            out.append("caught")
        except ArithmeticError:
            out.append("changed")
        if i == 3:
            globals()["ValueError"] = ZeroDivisionError
    return out


try:
    print(rebound())
except Exception as e:
    print(type(e).__name__, e)
del ValueError


def shadowed(int):
    try:
        return int("p")
    except ValueError:
        return "shadowed"


print(shadowed(lambda s: s * 2), shadowed(float))

import builtins

real = builtins.int


def patched():
    out = []
    for i in range(4):
        if i == 2:
            builtins.int = lambda s: "patched " + s
        try:
            out.append(int("m"))
        except ValueError:
            out.append(None)
    builtins.int = real
    return out


print(patched())

real = builtins.KeyError
builtins.KeyError = IndexError
try:
    print(lookup({}, 1))
except real as e:
    print("real", repr(e))
print(lookup([], 1))
builtins.KeyError = real
print(lookup({}, 1))


def generator(table, keys):
    for k in keys:
        try:
            yield table[k]
        except KeyError:
            yield None


print(list(generator({1: 2}, (1, 2, 1))))


class Mapping:
    def __getitem__(self, key):
        raise KeyError(key)


print(lookup(Mapping(), 4))
first = iter((1, 2, 3))
try:
    a, b, c, d = next(first), next(first), next(first), next(first)
except StopIteration:
    pass
print(next(first, "default"))
