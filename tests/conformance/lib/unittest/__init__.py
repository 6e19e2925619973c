"""A small `unittest` for CPython's own tests, compiled by pyaot: what the listed files use of it, and no imports that they do not
need themselves. `unittest.cases` runs the cases.
"""
import sys

from unittest.asserts import Assertions, _AssertRaisesContext

__all__ = ["TestCase", "SkipTest", "skip", "skipIf", "skipUnless", "expectedFailure", "main", "addModuleCleanup"]


class SkipTest(Exception):
    """Raised to skip a case."""


def skip(reason):
    def mark(item):
        # Called without a reason in parentheses: the item itself came.
        item.__unittest_skip__ = True
        item.__unittest_skip_why__ = reason
        return item

    if isinstance(reason, type(skip)):
        item, reason = reason, ""
        return mark(item)
    return mark


def _same(item):
    return item


def skipIf(condition, reason):
    return skip(reason) if condition else _same


def skipUnless(condition, reason):
    return _same if condition else skip(reason)


def expectedFailure(item):
    item.__unittest_expecting_failure__ = True
    return item


_module_cleanups = []


def addModuleCleanup(function, /, *args, **kwargs):
    _module_cleanups.append((function, args, kwargs))


def _run_cleanups(cleanups):
    """Runs them last first; returns what they raised."""
    errors = []
    while cleanups:
        function, args, kwargs = cleanups.pop()
        try:
            function(*args, **kwargs)
        except Exception as e:
            errors.append(e)
    return errors


class _SubTest:
    """A failure inside is noted and the case goes on behind the `with`."""

    def __init__(self, case):
        self.case = case

    def __enter__(self):
        return None

    def __exit__(self, cls, error, traceback):
        if error is None or self.case._outcome is None or issubclass(cls, KeyboardInterrupt):
            return False
        if issubclass(cls, SkipTest):
            # As in unittest, a skipped subtest does not make a passing case fail.
            self.case._outcome.note("skipped", error)
        else:
            self.case._outcome.note(self.case._kind_of(error), error)
        return True


class TestCase(Assertions):
    failureException = AssertionError
    longMessage = True
    maxDiff = 640
    _classSetupFailed = False

    def __init_subclass__(cls, *args, **kwargs):
        cls._class_cleanups = []
        super().__init_subclass__(*args, **kwargs)

    def __init__(self, methodName="runTest"):
        self._testMethodName = methodName
        self._outcome = None
        self._cleanups = []
        self._type_equality_funcs = {}
        method = getattr(self, methodName, None)
        if method is None and methodName != "runTest":
            raise ValueError("no such test method in %s: %s" % (self.__class__, methodName))
        self._testMethodDoc = getattr(method, "__doc__", None)

    def setUp(self):
        pass

    def tearDown(self):
        pass

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def id(self):
        cls = type(self)
        return "%s.%s.%s" % (cls.__module__, cls.__qualname__, self._testMethodName)

    def __str__(self):
        return "%s (%s)" % (self._testMethodName, self.id())

    def __repr__(self):
        return "<%s testMethod=%s>" % (self.id().rpartition(".")[0], self._testMethodName)

    def shortDescription(self):
        return self._testMethodDoc.strip().split("\n")[0].strip() if self._testMethodDoc else None

    def countTestCases(self):
        return 1

    def addCleanup(self, function, /, *args, **kwargs):
        self._cleanups.append((function, args, kwargs))

    def doCleanups(self):
        for error in _run_cleanups(self._cleanups):
            if self._outcome is None:
                raise error
            self._outcome.note(self._kind_of(error), error)

    def enterContext(self, manager):
        result = type(manager).__enter__(manager)
        self.addCleanup(type(manager).__exit__, manager, None, None, None)
        return result

    @classmethod
    def addClassCleanup(cls, function, /, *args, **kwargs):
        cls._class_cleanups.append((function, args, kwargs))

    @classmethod
    def doClassCleanups(cls):
        for error in _run_cleanups(cls._class_cleanups):
            raise error

    @classmethod
    def enterClassContext(cls, manager):
        result = type(manager).__enter__(manager)
        cls.addClassCleanup(type(manager).__exit__, manager, None, None, None)
        return result

    def subTest(self, msg=None, **params):
        return _SubTest(self)

    def skipTest(self, reason):
        raise SkipTest(reason)

    def _kind_of(self, error):
        if isinstance(error, SkipTest):
            return "skip"
        return "fail" if isinstance(error, self.failureException) else "error"

    def _step(self, function, outcome):
        """One of setUp, the case, tearDown; false when it raised."""
        try:
            function()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            outcome.note(self._kind_of(error), error)
            return False
        return True

    def run(self, outcome):
        """Runs the case; `outcome.note(kind, error)` hears of everything that is not a success."""
        method = getattr(self, self._testMethodName)
        for item in (type(self), method):
            if getattr(item, "__unittest_skip__", False):
                outcome.note("skip", SkipTest(getattr(item, "__unittest_skip_why__", "")))
                return
        outcome.expects_failure = getattr(type(self), "__unittest_expecting_failure__", False) or getattr(
            method, "__unittest_expecting_failure__", False
        )
        self._outcome = outcome
        try:
            if self._step(self.setUp, outcome):
                self._step(method, outcome)
                self._step(self.tearDown, outcome)
            self.doCleanups()
        finally:
            self._outcome = None

    def debug(self):
        self.setUp()
        getattr(self, self._testMethodName)()
        self.tearDown()
        self.doCleanups()


class TestLoader:
    """The names of cases, in unittest's order."""

    testMethodPrefix = "test"

    def getTestCaseNames(self, cls):
        names = dir(cls)
        return [n for n in names if n.startswith(self.testMethodPrefix) and callable(getattr(cls, n))]

    def loadTestsFromTestCase(self, cls):
        return [cls(name) for name in self.getTestCaseNames(cls)]


defaultTestLoader = TestLoader()


def main(module="__main__", *args, **kwargs):
    from unittest import cases

    cases.main(module)
