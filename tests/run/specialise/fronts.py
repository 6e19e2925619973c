# Small functions that return without calls: inlined where they are called, seen where something goes another way.
import sys


class Task:
    def __init__(self, name):
        self.name = name
        self.held = False
        self.waiting = True
        self.queue = None
        self.count = 0

    def get(self):
        return self.name

    def set(self, value):
        self.name = value

    def hold(self):
        self.held = True

    def free(self):
        self.held = False
        self.waiting = False
        return self

    def is_ready(self):
        return not self.held and (not self.waiting or self.queue is not None)

    def has_queue(self):
        return self.queue is not None

    def swap(self, other):
        self.queue = other
        return self.name

    def level(self):
        return self.count if self.count > 3 else 0


def use(t, n):
    out = []
    for i in range(n):
        t.hold()
        out.append(t.is_ready())
        out.append(t.free().is_ready())
        t.set(i)
        out.append(t.get())
        out.append(t.has_queue())
        t.waiting = True
        out.append(t.is_ready())
        out.append(t.level())
        t.count += 1
    return out


print(use(Task("a"), 6))
t = Task("b")
t.set([1])
x = t.get()
print(x is t.get(), sys.getrefcount(x) == sys.getrefcount(t.get()))
t.set(x)
t.set(None)
print(sys.getrefcount(x) - sys.getrefcount([1]))


class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("ends", self.name, [sys._getframe(i).f_code.co_name for i in range(1, 4)])


def replace(t, a, b):
    t.set(a)
    t.set(b)
    t.swap(a)
    print(t.swap(b) is b)
    t.swap(None)


replace(t, Ends(1), Ends(2))
t.set(None)


class Truth:
    def __bool__(self):
        names = []
        frame = sys._getframe()
        while frame:
            names.append((frame.f_code.co_name, frame.f_lineno))
            frame = frame.f_back
        print(names)
        return True


t.held = Truth()
print(t.is_ready())
print(use(t, 1))


class Fails:
    def __bool__(self):
        raise KeyError("no truth")


def failing(t):
    return [
        t.get(),
        t.is_ready(),
    ]


import traceback

t.held = Fails()
try:
    failing(t)
except KeyError:
    traceback.print_exc(file=sys.stdout)
del t.held
try:
    failing(t)
except AttributeError as e:
    print(e, [f.lineno for f in traceback.extract_tb(e.__traceback__)])
t.held = 0
t.waiting = ""
print(t.is_ready())


class Slow(Task):
    def __setattr__(self, name, value):
        print("set", name)
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        return "missing " + name


s = Slow("c")
print(use(s, 1))
del s.name
print(s.get())


class Prop(Task):
    @property
    def queue(self):
        return sys._getframe(1).f_code.co_name

    @queue.setter
    def queue(self, value):
        print("queue set from", sys._getframe(1).f_code.co_name)


p = Prop("d")
print(p.has_queue(), p.swap(1), p.is_ready())


# The recursion limit holds in them as elsewhere.
def down(t, n):
    t.set(n)
    if t.get() != n:
        return "other"
    return down(t, n + 1)


def count(t):
    try:
        down(t, 0)
    except RecursionError as e:
        n, tb = 0, e.__traceback__
        while tb:
            n, tb = n + 1, tb.tb_next
        return n
    return None


print(count(Task("e")) is not None)


def last(n):
    return n if n < 2 else last(n - 1) + last(n - 2)


print(last(15))
print(all(use(Task(i), 2)[2] == 0 for i in range(300)))
Task.get = lambda self: "patched"
print(use(Task("f"), 1))
for bad in (None, 1, "s", []):
    for f in (Task.is_ready, Task.hold, Task.get, Task.free):
        try:
            print(f(bad))
        except AttributeError as e:
            print(e)
