# The module warnings over _warnings.
import warnings


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


warnings.warn("plain")
for i in range(3):
    warnings.warn("in a loop", RuntimeWarning)
warnings.warn_explicit("explicit", UserWarning, "file.py", 3)
with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    warnings.warn("one")
    warnings.warn("two", DeprecationWarning, stacklevel=2)
    print(len(log), log[0].message, log[1].category, log[0].lineno, log[0].filename.endswith("warnings_module.py"))
with warnings.catch_warnings():
    warnings.simplefilter("error")
    attempt(warnings.warn, "raised")
    warnings.filterwarnings("ignore", message="not th.s")
    warnings.warn("not this one")
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.warn("nor this", FutureWarning)
warnings.filterwarnings("once", "only")
for i in range(2):
    warnings.warn("only once")
attempt(warnings.filterwarnings, "bogus")
attempt(warnings.simplefilter, "ignore", lineno=-1)


@warnings.deprecated("use g")
def f():
    return 3


@warnings.deprecated("old class")
class Old:
    pass


with warnings.catch_warnings(record=True) as log:
    warnings.simplefilter("always")
    print(f(), type(Old()).__name__, f.__deprecated__)
    print([str(w.message) for w in log])
print(warnings.formatwarning("m", UserWarning, "f.py", 2, "the line"))
warnings.showwarning = lambda message, category, filename, lineno, file=None, line=None: print("shown", message, category.__name__)
warnings.warn("hooked")


def outer():
    warnings.warn("caller's", stacklevel=2)


outer()
warnings.resetwarnings()
warnings.warn("dep", DeprecationWarning)
