"""A small `test.support`: what the listed tests of CPython use of it. Nothing is imported that they do not need themselves."""
import sys
import unittest

MS_WINDOWS = False
is_android = is_apple = is_emscripten = is_wasi = False
Py_DEBUG = hasattr(sys, "gettotalrefcount")
Py_GIL_DISABLED = False
MAX_Py_ssize_t = sys.maxsize
NHASHBITS = sys.hash_info.width
SHORT_TIMEOUT = 30.0
LONG_TIMEOUT = 300.0
verbose = 0
HAVE_DOCSTRINGS = HAVE_PY_DOCSTRINGS = True


def wraps(function):
    """`functools.wraps`, without the import."""

    def decorate(wrapper):
        for name in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(wrapper, name, getattr(function, name))
        wrapper.__dict__.update(function.__dict__)
        wrapper.__wrapped__ = function
        return wrapper

    return decorate


class manager:
    """`contextlib.contextmanager`, without the import."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *args, **kwargs):
        return _Manager(self.function, args, kwargs)


class _Manager:
    def __init__(self, function, args, kwargs):
        self.call = function, args, kwargs
        self.generator = function(*args, **kwargs)

    def __enter__(self):
        return next(self.generator)

    def __exit__(self, cls, error, traceback):
        if cls is None:
            next(self.generator, None)
            return False
        try:
            self.generator.throw(error)
        except StopIteration as e:
            return e is not error
        except BaseException as e:
            if e is not error:
                raise
            error.__traceback__ = traceback
            return False
        raise RuntimeError("generator didn't stop after throw()")

    def __call__(self, test):
        function, args, kwargs = self.call

        @wraps(test)
        def wrapper(*a, **k):
            with _Manager(function, args, kwargs):
                return test(*a, **k)

        return wrapper


def same(item):
    return item


def skip_emscripten_stack_overflow():
    return same


def skip_wasi_stack_overflow():
    return same


def skip_if_sanitizer(reason=None, **kwargs):
    return same


skip_on_s390x = same
requires_docstrings = same


def requires_IEEE_754(test):
    return unittest.skipUnless(float.__getformat__("double").startswith("IEEE"), "requires IEEE 754 doubles")(test)


def thread_unsafe(reason):
    return reason if callable(reason) else same


def _guards(guards):
    if not guards:
        return {"cpython": True}, False
    return guards, not next(iter(guards.values()))


def check_impl_detail(**guards):
    guards, default = _guards(guards)
    return guards.get(sys.implementation.name, default)


def impl_detail(msg=None, **guards):
    return same if check_impl_detail(**guards) else unittest.skip(msg or "implementation detail")


def cpython_only(test):
    return impl_detail(cpython=True)(test)


def refcount_test(test):
    return cpython_only(test)


def is_resource_enabled(resource):
    return resource == "cpu"


def requires_resource(resource):
    return same if is_resource_enabled(resource) else unittest.skip("resource %r is not enabled" % resource)


def _importable(*names):
    try:
        for name in names:
            __import__(name)
    except ImportError:
        return False
    return True


def requires_limited_api(test):
    return unittest.skipUnless(_importable("_testcapi", "_testlimitedcapi"), "needs _testcapi, _testlimitedcapi")(test)


def nomemtest(test):
    return unittest.skipUnless(_importable("_testcapi"), "needs _testcapi")(test)


def inject_memory_error(start=0, stop=0):
    try:
        import _testcapi
    except ImportError:
        raise unittest.SkipTest("_testcapi required")
    if not hasattr(_testcapi, "set_nomemory"):
        raise unittest.SkipTest("_testcapi.set_nomemory required")
    _testcapi.set_nomemory(start, stop)


@manager
def inject_memory_error_cm(start=0, stop=0):
    import _testcapi

    inject_memory_error(start, stop)
    try:
        yield
    finally:
        _testcapi.remove_mem_hooks()


def run_in_subinterp(code):
    raise unittest.SkipTest("requires _testcapi")


def bigaddrspacetest(test):
    return unittest.skip("not enough memory")(test)


def bigmemtest(size, memuse, dry_run=True):
    def decorate(test):
        if not dry_run:
            return unittest.skip("not enough memory")(test)

        @wraps(test)
        def wrapper(self):
            return test(self, 5147)

        return wrapper

    return decorate


def get_attribute(obj, name):
    try:
        return getattr(obj, name)
    except AttributeError:
        raise unittest.SkipTest("object %r has no attribute %r" % (obj, name))


def gc_collect():
    import gc

    gc.collect()
    gc.collect()
    gc.collect()


@manager
def disable_gc():
    import gc

    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@manager
def captured_output(stream_name):
    import io

    original = getattr(sys, stream_name)
    setattr(sys, stream_name, io.StringIO())
    try:
        yield getattr(sys, stream_name)
    finally:
        setattr(sys, stream_name, original)


def captured_stdout():
    return captured_output("stdout")


def captured_stderr():
    return captured_output("stderr")


def captured_stdin():
    return captured_output("stdin")


@manager
def swap_attr(obj, attr, new):
    had = hasattr(obj, attr)
    old = getattr(obj, attr, None)
    setattr(obj, attr, new)
    try:
        yield old
    finally:
        if had:
            setattr(obj, attr, old)
        elif hasattr(obj, attr):
            delattr(obj, attr)


@manager
def swap_item(obj, item, new):
    had = item in obj
    old = obj[item] if had else None
    obj[item] = new
    try:
        yield old
    finally:
        if had:
            obj[item] = old
        elif item in obj:
            del obj[item]


@manager
def run_with_locale(category, *locales):
    import locale

    number = getattr(locale, category)
    original = locale.setlocale(number)
    for name in locales:
        try:
            locale.setlocale(number, name)
            break
        except locale.Error:
            pass
    else:
        if "" not in locales:
            raise unittest.SkipTest("no locales %r" % (locales,))
    try:
        yield
    finally:
        locale.setlocale(number, original)


def calcobjsize(fmt):
    import struct

    return struct.calcsize("nP" + fmt + "0n")


def calcvobjsize(fmt):
    import struct

    return struct.calcsize("nPn" + fmt + "0n")


def check_sizeof(test, obj, size):
    raise unittest.SkipTest("sizes of objects are not CPython's")


def check_syntax_error(testcase, statement, errtext="", *, lineno=None, offset=None):
    with testcase.assertRaisesRegex(SyntaxError, errtext) as context:
        compile(statement, "<test string>", "exec")
    error = context.exception
    testcase.assertIsNotNone(error.lineno)
    testcase.assertIsNotNone(error.offset)
    if lineno is not None:
        testcase.assertEqual(error.lineno, lineno)
    if offset is not None:
        testcase.assertEqual(error.offset, offset)


def check_free_after_iterating(test, iter, cls, args=()):
    """The sequence dies as soon as its iterator is at the end."""
    done = False

    def wrapper():
        class A(cls):
            def __del__(self):
                nonlocal done
                done = True
                try:
                    next(it)
                except StopIteration:
                    pass

        it = iter(A(*args))
        test.assertRaises(StopIteration, next, it)

    wrapper()
    gc_collect()
    test.assertTrue(done)


class _AlwaysEqual:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


class _NeverEqual:
    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    def __hash__(self):
        return 1


ALWAYS_EQ = _AlwaysEqual()
NEVER_EQ = _NeverEqual()


class BrokenIter:
    def __init__(self, init_raises=False, next_raises=False, iter_raises=False):
        if init_raises:
            1 / 0
        self.next_raises = next_raises
        self.iter_raises = iter_raises

    def __next__(self):
        if self.next_raises:
            1 / 0

    def __iter__(self):
        if self.iter_raises:
            1 / 0
        return self


class catch_unraisable_exception:
    """The last unraisable exception of the block is in `unraisable`."""

    def __init__(self):
        self.unraisable = None
        self._old_hook = None

    def _hook(self, unraisable):
        self.unraisable = unraisable

    def __enter__(self):
        self._old_hook = sys.unraisablehook
        sys.unraisablehook = self._hook
        return self

    def __exit__(self, *error):
        sys.unraisablehook = self._old_hook
        del self.unraisable


def get_recursion_depth():
    depth = 0
    frame = sys._getframe(1)
    while frame is not None:
        depth += 1
        frame = frame.f_back
    return max(depth, 1)


def get_recursion_available():
    return sys.getrecursionlimit() - get_recursion_depth()


@manager
def set_recursion_limit(limit):
    original = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        yield
    finally:
        sys.setrecursionlimit(original)


def infinite_recursion(max_depth=None):
    if max_depth is None:
        max_depth = 20_000
    elif max_depth < 3:
        raise ValueError("max_depth must be at least 3, got %d" % max_depth)
    return set_recursion_limit(max(get_recursion_depth() - 1, 1) + max_depth)


def exceeds_recursion_limit():
    return 150_000


def skip_if_huge_c_stack(depth=150_000):
    return same


def run_with_limited_c_stack(depth=150_000, size=8 << 20):
    """Runs the test in a thread whose C stack has `size` bytes, in this thread where none can be started."""

    def decorate(test):
        @wraps(test)
        def wrapper(*args, **kwargs):
            import threading

            errors = []

            def run():
                try:
                    test(*args, **kwargs)
                except BaseException as e:
                    errors.append(e)

            old = threading.stack_size(size)
            try:
                thread = threading.Thread(target=run)
                thread.start()
            except RuntimeError:
                return test(*args, **kwargs)
            finally:
                threading.stack_size(old)
            thread.join()
            if errors:
                raise errors[0]

        return wrapper

    return decorate


@manager
def adjust_int_max_str_digits(max_digits):
    current = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(max_digits)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(current)


class Stopwatch:
    """Measures the seconds of a block, with the collector off."""

    def __enter__(self):
        import time

        self.get_time = time.perf_counter
        self.clock_info = time.get_clock_info("perf_counter")
        self.context = disable_gc()
        self.context.__enter__()
        self.start_time = self.get_time()
        return self

    def __exit__(self, *error):
        end = self.get_time()
        result = self.context.__exit__(*error)
        self.seconds = end - self.start_time
        return result


def collision_stats(nbins, nballs):
    """Mean and standard deviation of the number of collisions of `nballs` balls thrown into `nbins` bins."""
    import decimal

    with decimal.localcontext() as context:
        # The terms of the variance cancel to about twice the digits of the number of bins.
        context.prec = max(2 * nbins.bit_length(), 30)
        bins = decimal.Decimal(nbins)
        empty = bins * ((bins - 1) / bins) ** nballs
        variance = bins * (bins - 1) * ((bins - 2) / bins) ** nballs + empty * (1 - empty)
        return float(nballs - (bins - empty)), float(variance.sqrt())
