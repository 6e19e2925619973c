"""An uncaught exception: hook, flush, status."""
import sys


def hook(t, v, tb):
    print("hook:", t.__name__, v, tb is not None)


class D:
    def __del__(self):
        raise RuntimeError("in del")


d = D()
del d
sys.excepthook = hook
print("before")
raise KeyError("k")
