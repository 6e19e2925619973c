"""The assert methods of `TestCase`."""
import sys


def _clear_frames(traceback):
    """CPython's unittest lets go of the locals of frames that an expected exception went through."""
    while traceback is not None:
        try:
            traceback.tb_frame.clear()
        except RuntimeError:
            pass
        traceback = traceback.tb_next


def _name(item):
    if isinstance(item, tuple):
        return "(%s)" % ", ".join(map(_name, item))
    return getattr(item, "__name__", None) or str(item)


def _short(item):
    try:
        text = repr(item)
    except Exception:
        text = object.__repr__(item)
    return text if len(text) <= 320 else text[:300] + " [truncated]..."


class _Context:
    """Base of the contexts that `assertRaises` and its kin return."""

    def __init__(self, expected, case, regex=None):
        self.expected = expected
        self.case = case
        if isinstance(regex, (str, bytes)):
            import re

            regex = re.compile(regex)
        self.expected_regex = regex
        self.obj_name = None
        self.msg = None

    def fail(self, message):
        raise self.case.failureException(self.case._formatMessage(self.msg, message))

    def handle(self, name, args, kwargs):
        """The context itself, or its use on a call."""
        try:
            if not _is_class_or_tuple(self.expected, self.base):
                raise TypeError("%s() arg 1 must be %s" % (name, self.base_name))
            if not args:
                self.msg = kwargs.pop("msg", None)
                if kwargs:
                    raise TypeError("%r is an invalid keyword argument for this function" % (next(iter(kwargs)),))
                return self
            function, *args = args
            self.obj_name = _name(function)
            with self:
                function(*args, **kwargs)
        finally:
            # No reference to the context stays behind in a traceback.
            self = None


def _is_class_or_tuple(item, base):
    if isinstance(item, tuple):
        return all(_is_class_or_tuple(i, base) for i in item)
    return isinstance(item, type) and issubclass(item, base)


class _AssertRaisesContext(_Context):
    base = BaseException
    base_name = "an exception type or tuple of exception types"

    def __enter__(self):
        return self

    def __exit__(self, cls, error, traceback):
        if cls is None:
            by = " by %s" % self.obj_name if self.obj_name else ""
            self.fail("%s not raised%s" % (_name(self.expected), by))
        _clear_frames(traceback)
        if not issubclass(cls, self.expected):
            return False
        self.exception = error.with_traceback(None)
        if self.expected_regex is not None and not self.expected_regex.search(str(error)):
            self.fail('"%s" does not match "%s"' % (self.expected_regex.pattern, str(error)))
        return True


class _AssertWarnsContext(_Context):
    base = Warning
    base_name = "a warning type or tuple of warning types"

    def __enter__(self):
        import warnings

        for module in list(sys.modules.values()):
            if getattr(module, "__warningregistry__", None):
                module.__warningregistry__ = {}
        self.manager = warnings.catch_warnings(record=True)
        self.warnings = self.manager.__enter__()
        warnings.simplefilter("always", self.expected)
        return self

    def __exit__(self, cls, error, traceback):
        self.manager.__exit__(cls, error, traceback)
        if cls is not None:
            return
        first = None
        for entry in self.warnings:
            warning = entry.message
            if not isinstance(warning, self.expected):
                continue
            if first is None:
                first = warning
            if self.expected_regex is not None and not self.expected_regex.search(str(warning)):
                continue
            self.warning = warning
            self.filename = entry.filename
            self.lineno = entry.lineno
            return
        if first is not None:
            self.fail('"%s" does not match "%s"' % (self.expected_regex.pattern, str(first)))
        by = " by %s" % self.obj_name if self.obj_name else ""
        self.fail("%s not triggered%s" % (_name(self.expected), by))


class Assertions:
    def fail(self, msg=None):
        raise self.failureException(msg)

    def _formatMessage(self, msg, standard):
        if msg is None:
            return standard
        return "%s : %s" % (standard, msg) if self.longMessage else msg

    def _check(self, condition, msg, standard, *args):
        if not condition:
            raise self.failureException(self._formatMessage(msg, standard % tuple(map(_short, args))))

    def assertTrue(self, expr, msg=None):
        if not expr:
            self._check(False, msg, "%s is not true", expr)

    def assertFalse(self, expr, msg=None):
        if expr:
            self._check(False, msg, "%s is not false", expr)

    def addTypeEqualityFunc(self, typeobj, function):
        self._type_equality_funcs[typeobj] = function

    def assertEqual(self, first, second, msg=None):
        if type(first) is type(second):
            function = self._type_equality_funcs.get(type(first))
            if function is not None:
                (getattr(self, function) if isinstance(function, str) else function)(first, second, msg=msg)
                return
        if not first == second:
            self._check(False, msg, "%s != %s", first, second)

    def assertNotEqual(self, first, second, msg=None):
        if not first != second:
            self._check(False, msg, "%s == %s", first, second)

    def assertIs(self, first, second, msg=None):
        if first is not second:
            self._check(False, msg, "%s is not %s", first, second)

    def assertIsNot(self, first, second, msg=None):
        if first is second:
            self._check(False, msg, "unexpectedly identical: %s", first)

    def assertIsNone(self, obj, msg=None):
        self._check(obj is None, msg, "%s is not None", obj) if obj is not None else None

    def assertIsNotNone(self, obj, msg=None):
        if obj is None:
            self._check(False, msg, "unexpectedly None")

    def assertIn(self, member, container, msg=None):
        if member not in container:
            self._check(False, msg, "%s not found in %s", member, container)

    def assertNotIn(self, member, container, msg=None):
        if member in container:
            self._check(False, msg, "%s unexpectedly found in %s", member, container)

    def assertLess(self, a, b, msg=None):
        if not a < b:
            self._check(False, msg, "%s not less than %s", a, b)

    def assertLessEqual(self, a, b, msg=None):
        if not a <= b:
            self._check(False, msg, "%s not less than or equal to %s", a, b)

    def assertGreater(self, a, b, msg=None):
        if not a > b:
            self._check(False, msg, "%s not greater than %s", a, b)

    def assertGreaterEqual(self, a, b, msg=None):
        if not a >= b:
            self._check(False, msg, "%s not greater than or equal to %s", a, b)

    def assertIsInstance(self, obj, cls, msg=None):
        if not isinstance(obj, cls):
            self._check(False, msg, "%s is not an instance of %s", obj, cls)

    def assertNotIsInstance(self, obj, cls, msg=None):
        if isinstance(obj, cls):
            self._check(False, msg, "%s is an instance of %s", obj, cls)

    def assertIsSubclass(self, cls, superclass, msg=None):
        if not issubclass(cls, superclass):
            self._check(False, msg, "%s is not a subclass of %s", cls, superclass)

    def assertNotIsSubclass(self, cls, superclass, msg=None):
        if issubclass(cls, superclass):
            self._check(False, msg, "%s is a subclass of %s", cls, superclass)

    def assertHasAttr(self, obj, name, msg=None):
        if not hasattr(obj, name):
            self._check(False, msg, "%s has no attribute %s", obj, name)

    def assertNotHasAttr(self, obj, name, msg=None):
        if hasattr(obj, name):
            self._check(False, msg, "%s has unexpected attribute %s", obj, name)

    def assertStartsWith(self, s, prefix, msg=None):
        if not s.startswith(prefix):
            self._check(False, msg, "%s doesn't start with %s", s, prefix)

    def assertNotStartsWith(self, s, prefix, msg=None):
        if s.startswith(prefix):
            self._check(False, msg, "%s starts with %s", s, prefix)

    def assertEndsWith(self, s, suffix, msg=None):
        if not s.endswith(suffix):
            self._check(False, msg, "%s doesn't end with %s", s, suffix)

    def assertNotEndsWith(self, s, suffix, msg=None):
        if s.endswith(suffix):
            self._check(False, msg, "%s ends with %s", s, suffix)

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if first == second:
            return
        self._close(first, second, places, delta, True, msg)

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if first == second:
            self._check(False, msg, "%s == %s", first, second)
        self._close(first, second, places, delta, False, msg)

    def _close(self, first, second, places, delta, wanted, msg):
        if delta is not None and places is not None:
            raise TypeError("specify delta or places not both")
        diff = abs(first - second)
        if delta is not None:
            close = diff <= delta
        else:
            close = round(diff, 7 if places is None else places) == 0
        self._check(close is wanted, msg, "%s and %s: the difference is %s", first, second, diff)

    def _sequences(self, first, second, msg, cls):
        if cls is not None:
            self.assertIsInstance(first, cls)
            self.assertIsInstance(second, cls)
        if first == second:
            return
        if len(first) == len(second) and all(a is b or a == b for a, b in zip(first, second)):
            return
        self._check(False, msg, "%s != %s", first, second)

    def assertSequenceEqual(self, first, second, msg=None, seq_type=None):
        self._sequences(first, second, msg, seq_type)

    def assertListEqual(self, first, second, msg=None):
        self._sequences(first, second, msg, list)

    def assertTupleEqual(self, first, second, msg=None):
        self._sequences(first, second, msg, tuple)

    def assertSetEqual(self, first, second, msg=None):
        if first.difference(second) or second.difference(first):
            self._check(False, msg, "%s != %s", first, second)

    def assertDictEqual(self, first, second, msg=None):
        self.assertIsInstance(first, dict)
        self.assertIsInstance(second, dict)
        if first != second:
            self._check(False, msg, "%s != %s", first, second)

    def assertMultiLineEqual(self, first, second, msg=None):
        self.assertIsInstance(first, str)
        self.assertIsInstance(second, str)
        if first != second:
            self._check(False, msg, "%s != %s", first, second)

    def assertCountEqual(self, first, second, msg=None):
        rest = list(second)
        extra = []
        for item in first:
            if item in rest:
                rest.remove(item)
            else:
                extra.append(item)
        if rest or extra:
            self._check(False, msg, "only in the first: %s; only in the second: %s", extra, rest)

    def assertRegex(self, text, expected_regex, msg=None):
        self._check(self._compiled(expected_regex).search(text), msg, "no match of %s in %s", expected_regex, text)

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        self._check(not self._compiled(unexpected_regex).search(text), msg, "%s matches %s", unexpected_regex, text)

    def _compiled(self, regex):
        if isinstance(regex, (str, bytes)):
            import re

            return re.compile(regex)
        return regex

    def assertRaises(self, expected_exception, *args, **kwargs):
        context = _AssertRaisesContext(expected_exception, self)
        try:
            return context.handle("assertRaises", args, kwargs)
        finally:
            context = None

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        context = _AssertRaisesContext(expected_exception, self, expected_regex)
        return context.handle("assertRaisesRegex", args, kwargs)

    def assertWarns(self, expected_warning, *args, **kwargs):
        return _AssertWarnsContext(expected_warning, self).handle("assertWarns", args, kwargs)

    def assertWarnsRegex(self, expected_warning, expected_regex, *args, **kwargs):
        context = _AssertWarnsContext(expected_warning, self, expected_regex)
        return context.handle("assertWarnsRegex", args, kwargs)
