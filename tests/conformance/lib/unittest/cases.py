"""Runs the cases of a test module and writes one line for each: outcome, id, message, separated by tabs.

In: the environment. CONFORMANCE_RESULTS is the file of the lines (default: standard output), CONFORMANCE_SKIP a file with ids
of cases not to run, CONFORMANCE_ONLY a part of the ids to run. A line `begin` comes before every case and `end` at last, so a
reader knows which case a crash took. Tracebacks go to standard error.
"""
import os
import sys
import unittest


class Outcome:
    def __init__(self):
        self.kind = "ok"
        self.error = None
        self.expects_failure = False

    def note(self, kind, error):
        # The first bad outcome of a case stays; a subtest that was skipped is none.
        if self.kind == "ok" and kind != "skipped":
            self.kind, self.error = kind, error
        if kind in ("fail", "error"):
            show(error)

    def final(self):
        if self.expects_failure:
            if self.kind in ("fail", "error"):
                return "xfail"
            if self.kind == "ok":
                return "uxsuccess"
        return self.kind


def show(error):
    try:
        sys.__excepthook__(type(error), error, error.__traceback__)
    except Exception as e:
        sys.__stderr__.write("(the traceback could not be shown: %r)\n" % (e,))


class Writer:
    def __init__(self):
        path = os.environ.get("CONFORMANCE_RESULTS")
        # A descriptor of our own: tests replace and close the standard streams.
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666) if path else os.dup(1)

    def line(self, *parts):
        text = "\t".join(p.replace("\t", " ").replace("\n", " ") for p in parts) + "\n"
        os.write(self.fd, text.encode("utf-8", "backslashreplace"))


def summary(error):
    if error is None:
        return ""
    try:
        return "%s: %s" % (type(error).__name__, str(error)[:300])
    except Exception:
        return type(error).__name__


class Runner:
    def __init__(self, module):
        self.module = module
        self.prefix = module.__name__ + "."
        self.writer = Writer()
        self.only = os.environ.get("CONFORMANCE_ONLY", "")
        path = os.environ.get("CONFORMANCE_SKIP")
        self.skipped = set()
        if path:
            with open(path, encoding="utf-8") as file:
                self.skipped = set(file.read().split())

    def id(self, case):
        return case.id().removeprefix(self.prefix)

    def wanted(self, case):
        name = self.id(case)
        return self.only in name and name not in self.skipped

    def all_of(self, cases, kind, error):
        """Set-up code failed: so did all cases behind it."""
        if kind != "skip":
            show(error)
        for case in cases:
            self.writer.line(kind, self.id(case), summary(error))

    def run_case(self, case):
        name = self.id(case)
        self.writer.line("begin", name)
        outcome = Outcome()
        sys.__stderr__.write("-- %s\n" % name)
        case.run(outcome)
        self.writer.line(outcome.final(), name, summary(outcome.error))

    def run_class(self, cls):
        cases = [c for c in unittest.defaultTestLoader.loadTestsFromTestCase(cls) if self.wanted(c)]
        if not cases:
            return
        if not getattr(cls, "__unittest_skip__", False):
            try:
                cls.setUpClass()
            except unittest.SkipTest as e:
                self.all_of(cases, "skip", e)
                return
            except BaseException as e:
                self.all_of(cases, "error", e)
                cls.doClassCleanups()
                return
        cases.reverse()
        while cases:
            # Popped, so that a case dies before the next one runs.
            self.run_case(cases.pop())
        if not getattr(cls, "__unittest_skip__", False):
            try:
                cls.tearDownClass()
                cls.doClassCleanups()
            except BaseException as e:
                self.writer.line("error", "tearDownClass." + cls.__name__, summary(e))
                show(e)

    def classes(self):
        for name in dir(self.module):
            cls = getattr(self.module, name)
            if isinstance(cls, type) and issubclass(cls, unittest.TestCase) and cls is not unittest.TestCase:
                yield cls

    def run(self):
        getattr(self.module, "setUpModule", lambda: None)()
        for cls in self.classes():
            self.run_class(cls)
        getattr(self.module, "tearDownModule", lambda: None)()
        unittest._run_cleanups(unittest._module_cleanups)
        self.writer.line("end")


def main(module):
    if isinstance(module, str):
        module = sys.modules[module]
    Runner(module).run()
