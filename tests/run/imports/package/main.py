print("main starts", __name__)
import pkg.sub.deep as deep
from pkg import first, second as renamed
from pkg.sub import *
from pkg.lazy import thing
import pkg
import sys

print(deep.WHERE, first.NAME, renamed.NAME, exported, thing)
print(sorted(name for name in sys.modules if name.startswith("pkg")))
print(pkg.__name__, pkg.__package__, deep.__package__, deep.__spec__.name)
try:
    hidden
except NameError as error:
    print(error)
try:
    import pkg.nothing
except ModuleNotFoundError as error:
    print(error, error.name)
try:
    from pkg import nothing
except ImportError as error:
    print(type(error).__name__, str(error).partition("(")[0])
import pkg.cycle_a
print(pkg.cycle_a.value, pkg.cycle_b.seen)


def inner():
    from pkg import late
    return late.loaded


print(inner(), inner())
import importlib
print(importlib.import_module("pkg.dynamic").x, importlib.import_module(".dynamic", "pkg") is sys.modules["pkg.dynamic"])
