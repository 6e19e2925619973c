"""A small `test.support.warnings_helper`."""
import re
import sys
import warnings

from test.support import manager, wraps


def ignore_warnings(*, category):
    def decorate(test):
        @wraps(test)
        def wrapper(self, *args, **kwargs):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", category=category)
                return test(self, *args, **kwargs)

        return wrapper

    return decorate


class WarningsRecorder:
    """The warnings of a block; attributes are those of the last one."""

    def __init__(self, recorded):
        self._warnings = recorded
        self._last = 0

    def __getattr__(self, name):
        if len(self._warnings) > self._last:
            return getattr(self._warnings[-1], name)
        if name in warnings.WarningMessage._WARNING_DETAILS:
            return None
        raise AttributeError("%r has no attribute %r" % (self, name))

    @property
    def warnings(self):
        return self._warnings[self._last :]

    def reset(self):
        self._last = len(self._warnings)


def check_warnings(*filters, quiet=None):
    """Every filter (pattern, category) must match a warning of the block, and every warning a filter."""
    if not filters:
        filters = (("", Warning),)
        quiet = True if quiet is None else quiet
    return _filter_warnings(filters, quiet, sys._getframe(1))


@manager
def _filter_warnings(filters, quiet, frame):
    registry = frame.f_globals.get("__warningregistry__")
    if registry:
        registry.clear()
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        yield WarningsRecorder(recorded)
    left = [w.message for w in recorded]
    missing = []
    for pattern, category in filters:
        matching = [w for w in left if re.match(pattern, str(w), re.I) and issubclass(type(w), category)]
        left = [w for w in left if w not in matching]
        if not matching and not quiet:
            missing.append((pattern, category.__name__))
    if left:
        raise AssertionError("unhandled warning %s" % left[0])
    if missing:
        raise AssertionError("filter (%r, %s) did not catch any warning" % missing[0])


@manager
def check_no_warnings(testcase, message="", category=Warning, force_gc=False):
    with warnings.catch_warnings(record=True) as recorded:
        warnings.filterwarnings("always", message=message, category=category)
        yield
        if force_gc:
            import gc

            gc.collect()
    testcase.assertEqual(recorded, [])


def check_syntax_warning(testcase, statement, errtext="", *, lineno=1, offset=None):
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always", SyntaxWarning)
        compile(statement, "<testcase>", "exec")
    testcase.assertEqual(len(recorded), 1, recorded)
    testcase.assertRegex(str(recorded[0].message), errtext)
