# Warnings of the runtime and of _warnings in a program that does not contain the module warnings.
import _warnings


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except BaseException as e:
        print(type(e).__name__, e)


def invert():
    return ~True


for i in range(3):
    print(invert())


def outer():
    _warnings.warn("from outer's caller", stacklevel=2)


outer()
outer()
for i in range(2):
    _warnings.warn("once for each line")
_warnings.warn("hidden", PendingDeprecationWarning)
_warnings.warn(ImportWarning("hidden too"))
_warnings.warn("a future", FutureWarning)
_warnings.warn("from nowhere", stacklevel=100)
print(len(__warningregistry__))
_warnings.warn_explicit("explicit", UserWarning, "some/file.py", 12)
attempt(_warnings.warn, "x", int)
attempt(_warnings.warn, "x", 3)
attempt(_warnings.warn, "x", skip_file_prefixes=[])
attempt(_warnings.warn, "x", skip_file_prefixes=(1,))
attempt(_warnings.warn_explicit, "x", UserWarning, 3, 4)
attempt(_warnings.warn_explicit, "x", UserWarning, "f", 4, registry=3)
attempt(_warnings._filters_mutated_lock_held)
attempt(_warnings._release_lock)
_warnings.filters.insert(0, ("error", None, UserWarning, None, 0))
_warnings._acquire_lock()
_warnings._filters_mutated_lock_held()
_warnings._release_lock()
attempt(_warnings.warn, "now an error")
_warnings.filters[0] = ("bogus", None, UserWarning, None, 0)
attempt(_warnings.warn, "what")
_warnings.filters[0] = 3
attempt(_warnings.warn, "what")
_warnings.filters[0] = ("once", None, UserWarning, None, 0)
for i in range(3):
    _warnings.warn("only once")
_warnings.warn("only once")
