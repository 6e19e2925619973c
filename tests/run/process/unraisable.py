"""sys.unraisablehook of the program."""
import sys


def hook(u):
    print("unraisable", u.exc_type.__name__, u.exc_value, u.err_msg, type(u.object).__name__)


sys.unraisablehook = hook


class D:
    def __del__(self):
        raise RuntimeError("in del")


D()
sys.unraisablehook = sys.__unraisablehook__
print(sys.unraisablehook is sys.__unraisablehook__)
