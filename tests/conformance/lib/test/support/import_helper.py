"""A small `test.support.import_helper`."""
import sys
import unittest


def _import(name):
    __import__(name)
    return sys.modules[name]


def import_module(name, deprecated=False, *, required_on=()):
    """The module, or a skipped case."""
    try:
        return _import(name)
    except ImportError as e:
        raise unittest.SkipTest(str(e))


def import_fresh_module(name, fresh=(), blocked=(), *, deprecated=False):
    """A new copy of the module; `blocked` modules cannot be imported meanwhile."""
    names = {name, *fresh, *blocked}
    saved = {n: m for n, m in sys.modules.items() if n in names or any(n.startswith(x + ".") for x in names)}
    for n in saved:
        del sys.modules[n]
    for n in blocked:
        sys.modules[n] = None
    try:
        for n in fresh:
            _import(n)
        return _import(name)
    except ImportError:
        return None
    finally:
        for n in [n for n in sys.modules if n in names or any(n.startswith(x + ".") for x in names)]:
            del sys.modules[n]
        sys.modules.update(saved)


def unload(name):
    sys.modules.pop(name, None)


def forget(name):
    unload(name)


def ready_to_import(name=None, source=""):
    raise unittest.SkipTest("imports source that is written at run time")
