# The module contextlib.
import contextlib
import io
from contextlib import ExitStack, closing, contextmanager, nullcontext, redirect_stdout, suppress


@contextmanager
def tag(name):
    print("<", name)
    try:
        yield name.upper()
    except ValueError as e:
        print("caught", e)
    finally:
        print(name, ">")


with tag("a") as v, tag("b") as w:
    print(v, w)
with tag("err"):
    raise ValueError("inside")
try:
    with tag("other"):
        raise KeyError("out")
except KeyError as e:
    print("passed", e)


@tag("decorated")
def f(x):
    return x * 2


print(f(4))


@contextmanager
def never():
    return
    yield


try:
    with never():
        pass
except RuntimeError as e:
    print(e)


@contextmanager
def twice():
    yield 1
    yield 2


try:
    with twice():
        pass
except RuntimeError as e:
    print(e)
with suppress(ZeroDivisionError, KeyError):
    1 / 0
print("after suppress")
with suppress(ValueError) as s:
    raise ExceptionGroup("g", [ValueError(1)])
out = io.StringIO()
with redirect_stdout(out):
    print("captured")
print(repr(out.getvalue()))


class Resource:
    def close(self):
        print("closed")


with closing(Resource()) as r:
    print(type(r).__name__)
with ExitStack() as stack:
    for i in range(3):
        stack.enter_context(tag(f"s{i}"))
    stack.callback(print, "callback", 1)
    stack.push(lambda *exc: print("push", exc[0]))
    print("body")
with nullcontext(5) as n:
    print(n)


class Base(contextlib.ContextDecorator):
    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, *exc):
        print("exit", exc[0])
        return True


@Base()
def g():
    raise ValueError


g()
print(isinstance(Base(), contextlib.AbstractContextManager), hasattr(contextlib, "AsyncExitStack"))


@contextlib.asynccontextmanager
async def am():
    print("async in")
    yield 3
    print("async out")


async def use():
    async with am() as x:
        print(x)


try:
    use().send(None)
except StopIteration:
    print("done")
