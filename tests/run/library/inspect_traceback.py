# dataclasses, inspect and traceback can be imported and what needs no generated code works.
import dataclasses
import inspect
import traceback

print(dataclasses.MISSING, dataclasses.is_dataclass(int), dataclasses.field().default is dataclasses.MISSING)


def f(a, b=2, /, c: int = 3, *args, d, e=5, **kw) -> str:
    "The doc of f."


print(inspect.signature(f), inspect.getdoc(f), inspect.isfunction(f), inspect.getfullargspec(f))
sig = inspect.signature(f)
for p in sig.parameters.values():
    print(p.name, p.kind, p.default is inspect.Parameter.empty, p.annotation is inspect.Parameter.empty)
print(sig.bind(1, 2, 3, 4, d=6, z=7), sig.return_annotation)
try:
    sig.bind(1)
except TypeError as e:
    print(e)


class C:
    "Doc of C."

    x = 1

    def m(self, q): ...

    @classmethod
    def c(cls, r): ...

    @staticmethod
    def s(t): ...

    @property
    def p(self): ...


print(inspect.signature(C.m), inspect.signature(C().m), inspect.signature(C.c), inspect.signature(C.s))
print([n for n, v in inspect.getmembers(C) if not n.startswith("__")], inspect.isclass(C), inspect.getmro(C))
print(inspect.isgeneratorfunction(f), inspect.iscoroutinefunction(f), inspect.ismethod(C().m), inspect.isbuiltin(len))
print(inspect.cleandoc("  a\n    b\n   c"))
print(inspect.getmodule(f).__name__, inspect.unwrap(f) is f, inspect.getattr_static(C, "p"))


def g():
    yield 1


it = g()
print(inspect.getgeneratorstate(it), next(it), inspect.getgeneratorstate(it))


def bad():
    {}["k"]


try:
    bad()
except KeyError as e:
    print(traceback.format_exc())
    tb = traceback.TracebackException.from_exception(e)
    print([s.name for s in tb.stack], "".join(tb.format_exception_only()), end="")
    print(traceback.format_tb(e.__traceback__)[-1], end="")
    print(traceback.extract_tb(e.__traceback__)[-1].lineno, traceback.format_list([("f.py", 3, "fn", "code")]))
try:
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise ValueError("second") from e
except ValueError as e:
    traceback.print_exception(e)
    e.add_note("a note")
    print("".join(traceback.format_exception(e, chain=False)))
try:
    raise ExceptionGroup("eg", [ValueError(1), TypeError("t")])
except ExceptionGroup as e:
    traceback.print_exc()
