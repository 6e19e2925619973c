# References that compiled code need not take, around what may end the object, and truth of what is no bool.
import sys


class Flag:
    def __init__(self, value):
        self.value = value
        self.asked = 0

    def __bool__(self):
        self.asked += 1
        if self.value == "raise":
            raise ValueError("no truth")
        holder.flag = None
        return bool(self.value)

    def __del__(self):
        print("flag ends", self.value, self.asked)


class Sized:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Holder:
    def __init__(self, flag):
        self.flag = flag
        self.count = 0

    def test(self):
        if self.flag:
            return "yes"
        return "no"

    def negated(self):
        return not self.flag

    def both(self):
        return self.flag and self.count == 0

    def is_none(self):
        return self.flag is None

    def call(self):
        return self.other(self.flag)

    def other(self, flag):
        self.flag = 1
        return flag


class Other(Holder):
    def other(self, flag):
        del self.flag
        return flag


class Third(Holder):
    def other(self, flag):
        global holder
        holder = None
        return type(flag).__name__


def run(h):
    return h.test(), h.negated(), h.both() in (True, False), h.is_none()


holder = Holder(True)
for value in (True, False, None, 0, 1, -1, 2**70, 0.0, 1.5, "", "x", [], [0], (), {}, {1}, Sized(0), Sized(3), object):
    holder.flag = value
    print(run(holder))


class NotBool:
    def __bool__(self):
        return 1


holder.flag = NotBool()
for f in (holder.test, holder.negated, holder.both):
    try:
        print(f())
    except TypeError as e:
        print(e, e.__traceback__.tb_next.tb_frame.f_code.co_name)

for value in (1, 0):
    holder.flag = Flag(value)
    print(holder.test())
    holder.flag = Flag(value)
    print(holder.negated())
    holder.flag = Flag(value)
    print(type(holder.both()).__name__)
holder.flag = Flag("raise")
try:
    holder.test()
except ValueError as e:
    print(e, e.__traceback__.tb_next.tb_lineno)
e = None
holder.flag.value = 1
holder.flag = None


def result_of(h, value):
    if make(h, value):
        return "true"
    return "false"


def make(h, value):
    return Flag(value) if value is not None else h.flag


for value in (1, 0, None, "raise"):
    try:
        print(result_of(holder, value))
    except ValueError as e:
        print(e)
        e = None


def dispatch(things):
    out = []
    for thing in things:
        before = sys.getrefcount(thing)
        out.append(thing.call())
        out.append(sys.getrefcount(thing) - before)
    return out


for _ in range(3):
    print(dispatch([Holder(1), Other("a"), Third(2.5), Holder([])]))


class Changing(Holder):
    def other(self, flag):
        def another(self, flag):
            return "another", flag

        Changing.other = another
        return "first", flag


def twice():
    c = Changing(1)
    print(c.call(), c.call())


twice()


class Ends:
    def __init__(self, name):
        self.name = name

    def leave(self):
        things.clear()
        return self.name

    def stay(self):
        return self.leave() + self.leave()

    def __del__(self):
        print("ends", self.name)


things = []


def leave_all():
    things.append(Ends("one"))
    print(things[0].stay())
    things.append(Ends("two"))
    print(things[0].leave())


leave_all()
from math import sqrt, floor


def root(x):
    return sqrt(x) + sqrt(x)


print(root(4.0))
math_sqrt = sqrt
sqrt = lambda x: x
print(root(4.0))
sqrt = math_sqrt
print(root(9.0))


def changes(x):
    return sqrt(change(x))


def change(x):
    global sqrt
    sqrt = str
    return x


print(changes(16.0), changes(16.0))
sqrt = math_sqrt
del sqrt
try:
    root(1.0)
except NameError as e:
    print(e)
