"""sys: facts and errors."""
import sys


def show(f, *args):
    try:
        print(f.__name__, repr(f(*args)))
    except BaseException as e:
        print(f.__name__, type(e).__name__, e)


print(sys.version_info, sys.version_info >= (3, 14), sys.version_info[:2], sys.version_info.major, sys.hexversion)
print(sys.implementation.name, sys.implementation.cache_tag, sys.implementation.version)
print(sys.maxsize, sys.maxunicode, sys.byteorder, sys.platform, sys.float_info, sys.int_info, sys.hash_info)
print(sys.float_info.max, sys.flags.optimize, sys.flags.utf8_mode)
print(sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
print(sys.stdout, sys.stdin.mode, sys.stderr.errors, sys.__stdout__ is sys.stdout)
show(sys.setrecursionlimit, 0)
show(sys.setrecursionlimit, "x")
show(sys.setrecursionlimit, 2 ** 40)
show(sys.getrecursionlimit)
show(sys.set_int_max_str_digits, 5)
show(sys.get_int_max_str_digits)
show(sys.setswitchinterval, 0)
show(sys.getswitchinterval)
show(sys.intern, 1)
show(sys.intern, "abc")
show(sys._getframe, 100)
show(sys._getframemodulename, 0)
show(sys.exit, 3)
show(sys.set_asyncgen_hooks, 1)
show(sys.get_asyncgen_hooks)
show(sys.unraisablehook, 3)
show(sys.audit)
show(sys.audit, "x", 1)
show(sys.is_finalizing)
show(sys.displayhook, None)
show(sys.displayhook, [1])
show(sys.getrefcount, None)
print(sys.exc_info(), sys.exception())
try:
    1 / 0
except ZeroDivisionError as e:
    print(sys.exc_info()[:2], sys.exception() is e)
    try:
        raise KeyError
    except KeyError:
        print(sys.exc_info()[0])
    print(sys.exc_info()[0])
print(sys.exc_info()[0])


def frame_names():
    f = sys._getframe()
    out = []
    while f:
        out.append(f.f_code.co_name)
        f = f.f_back
    return out


print(frame_names())
try:
    sys.flags.optimize = 3
except AttributeError as e:
    print(e)
try:
    type(sys.flags)()
except TypeError as e:
    print(e)
print(sys.float_info == tuple(sys.float_info), len(sys.stdlib_module_names), "os" in sys.stdlib_module_names)
print(type(sys.version_info).__name__, type(sys.version_info).__module__, type(sys.version_info).n_fields)
sys.stdout.write("write\n")
sys.stdout.flush()
print("to stderr", file=sys.stderr)
