"""Makes a program smaller that pyaot and CPython disagree about: statements go, compound statements become their bodies, expressions
become parts of themselves, as long as the two still differ."""
import ast
import os
import shutil
import time

TAIL = """
try:
    print(%s())
except Exception as e:
    print(type(e).__name__, e)
"""
SECONDS = 240.0


class Check:
    """Whether a program still shows the difference; every answer costs a build."""

    def __init__(self, tools, level, folder):
        self.tools, self.level, self.folder = tools, level, folder
        self.seen = {}
        self.end = time.monotonic() + SECONDS

    def __call__(self, text):
        if text in self.seen:
            return self.seen[text]
        if time.monotonic() > self.end:
            return False
        self.seen[text] = result = self.differs(text)
        return result

    def differs(self, text):
        wanted, got = self.outputs(text)
        if wanted is None or any(word in wanted for word in (b"MemoryError", b"RecursionError", b"SyntaxError")):
            return False
        return wanted != got

    def outputs(self, text):
        """Of CPython (None when it fails) and of pyaot."""
        import run

        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        with open(os.path.join(self.folder, "main.py"), "w", encoding="utf-8") as file:
            file.write(text)
        oracle = self.tools.options.oracle
        seen = os.path.join(oracle, "tmp", "pyaot-fuzz-reduce.%d.py" % os.getpid())
        shutil.copy(os.path.join(self.folder, "main.py"), seen)
        try:
            wanted, status = run.execute(["chroot", oracle, "python3.14", "-W", "ignore", "/tmp/" + os.path.basename(seen)], {})
        finally:
            os.unlink(seen)
        if status != 0:
            return None, None
        executable = os.path.join(self.folder, "main.exe")
        failure = self.tools.build(self.folder, self.level, executable)
        if failure:
            return wanted, failure.encode()
        got, status = run.execute([executable], self.tools.environment)
        clean = lambda data: run.ADDRESS.sub(b"0xADDRESS", data)
        return clean(wanted), clean(got) + (b"" if status == 0 else b"** status %r" % status)


def bodies(tree):
    """Every list of statements, the outer ones first."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            value = getattr(node, field, None)
            if isinstance(value, list) and value:
                yield node, field, value


def text_of(tree):
    try:
        text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        compile(text, "reduced", "exec")
        return text
    except (SyntaxError, ValueError, AttributeError, IndexError):
        return None


def without_statements(tree, check):
    changed = False
    at = 0
    while True:
        lists = list(bodies(tree))
        if at >= len(lists):
            return changed
        node, field, value = lists[at]
        size = max(1, len(value) // 2)
        while size >= 1:
            start = 0
            while start < len(value):
                kept = value[:]
                removed = kept[start:start + size]
                del kept[start:start + size]
                if not kept and field == "body":
                    kept = [ast.Pass()]
                if [type(s) for s in removed] == [ast.Pass] and field == "body" and len(value) == 1:
                    start += size
                    continue
                value[:], before = kept, value[:]
                text = text_of(tree)
                if text and check(text):
                    changed = True
                else:
                    value[:] = before
                    start += size
            size //= 2
        at += 1


def unwrapped(tree, check):
    """Compound statements replaced by what they hold."""
    changed = False
    for _, _, value in list(bodies(tree)):
        at = 0
        while at < len(value):
            statement = value[at]
            inner = getattr(statement, "body", None)
            if isinstance(statement, (ast.If, ast.For, ast.While, ast.Try, ast.With)) and isinstance(inner, list):
                before = value[:]
                value[at:at + 1] = inner
                text = text_of(tree)
                if text and check(text):
                    changed = True
                    continue
                value[:] = before
            at += 1
    return changed


def simpler_expressions(tree, check):
    changed = False
    for node in list(ast.walk(tree)):
        for field, value in list(ast.iter_fields(node)):
            items = value if isinstance(value, list) else [value]
            for index, item in enumerate(items):
                if not isinstance(item, ast.expr) or isinstance(item, (ast.Constant, ast.Name)) or isinstance(getattr(item, "ctx", None), (ast.Store, ast.Del)):
                    continue
                parts = [child for child in ast.iter_child_nodes(item) if isinstance(child, ast.expr)]
                for part in parts + [ast.Constant(value=1)]:
                    if isinstance(value, list):
                        value[index] = part
                    else:
                        setattr(node, field, part)
                    text = text_of(tree)
                    if text and check(text):
                        changed = True
                        break
                    if isinstance(value, list):
                        value[index] = item
                    else:
                        setattr(node, field, item)
    return changed


def smallest(tools, text, number, level, folder):
    """The reduced program; `text` defines `case<number>`. The program is returned whole when the difference needs its batch."""
    check = Check(tools, level, folder)
    program = text + TAIL % ("case%d" % number)
    if not check(program):
        return program
    tree = ast.parse(program)
    while True:
        changed = without_statements(tree, check)
        changed |= unwrapped(tree, check)
        changed |= simpler_expressions(tree, check)
        if not changed or time.monotonic() > check.end:
            break
    program = ast.unparse(tree) + "\n"
    wanted, got = check.outputs(program)
    for path, data in ((".txt", wanted), (".got", got)):
        with open(os.path.join(tools.options.work, "found", "s%d_%d_O%s%s" % (tools.options.seed, number, level, path)), "wb") as file:
            file.write(data or b"")
    return program
