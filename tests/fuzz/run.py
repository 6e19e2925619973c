#!/usr/bin/env python3
"""Differential fuzzing: random programs (generate/) compiled by pyaot at several levels against CPython.

  run.py --pyaot BINARY --home FOLDER --work FOLDER --oracle FOLDER [--cases 2000] [--seed 1] [--small] [--levels 0,3] [--batch 200]
         [--reduce] [--environment NAME=VALUE] [--one CASE]
  run.py ... --record FILE       writes what CPython printed, a hash per case
  run.py ... --expected FILE     compares with such a file; needs no CPython

Case K of seed S (small or not) is the same program for ever (until the generator changes), so a failure is named by `S:K`. Cases stand a few dozen
to a module and a few modules to an executable; what a case prints stands below its header. A case that CPython cannot finish
in time, or that prints too much, part of an address or a MemoryError, is left out. Programs that differ are left in WORK/found; with --reduce, they are
made small first (reduce.py). The status is 1 when anything differs.
"""
import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import generate  # noqa: E402

PER_MODULE = 25
LIMIT = 30.0
LONGEST = 40000
ADDRESS = re.compile(rb"0x[0-9a-f]{6,16}")
# What is left of one in a text that was cut.
PART_OF_ADDRESS = re.compile(rb" at 0x(?!ADDRESS)")
HEADER = re.compile(rb"^# case (\d+)\n", re.M)
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHON_COLORS": "0"}


def case_of(seed, index, small=False):
    return generate.Case(seed * 10_000_000 + index, index, small)


def limits():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def execute(argv, environment, cwd=None):
    """Output and status; None as status when the time is over."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, cwd=cwd,
                                 env={**ENVIRONMENT, **environment}, preexec_fn=limits)
        try:
            status = child.wait(LIMIT)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            status = None
        out.seek(0)
        return out.read(), status


def cases_of(output):
    """{number: text} of what was printed, and whether the end was reached."""
    parts = HEADER.split(output)
    texts = {int(number): ADDRESS.sub(b"0xADDRESS", text) for number, text in zip(parts[1::2], parts[2::2])}
    finished = output.endswith(b"# end\n")
    if finished and texts:
        last = max(texts)
        texts[last] = texts[last][: -len(b"# end\n")]
    return texts, finished


def run_all(argv, numbers, environment, left_out=()):
    """Runs a batch; where a case ends the process, the next ones are run in a new one. {number: bytes or None}."""
    results = {}
    first = numbers[0]
    while True:
        output, status = execute(argv + [str(first)] + [str(n) for n in left_out], environment)
        texts, finished = cases_of(output)
        results.update(texts)
        if finished:
            return results
        if not texts:
            return results
        broken = max(texts)
        kind = b"too slow" if status is None else b"status %d" % status
        results[broken] = texts[broken] + b"\n** process ended: " + kind + b"\n"
        first = broken + 1
        if first > numbers[-1]:
            return results


def usable(text):
    return text is not None and len(text) <= LONGEST and not any(
        word in text for word in (b"MemoryError", b"RecursionError", b"** process ended", b"4300 digits")
    ) and not PART_OF_ADDRESS.search(text)


def write_batch(folder, cases):
    """Modules of cases and a main.py; returns the numbers."""
    os.makedirs(folder, exist_ok=True)
    shutil.copy(os.path.join(HERE, "support.py"), folder)
    names = []
    for at in range(0, len(cases), PER_MODULE):
        # Shown in reprs, so it must not depend on the batch.
        name = "group%d" % (cases[at].number // PER_MODULE)
        names.append(name)
        with open(os.path.join(folder, name + ".py"), "w", encoding="utf-8") as file:
            for case in cases[at:at + PER_MODULE]:
                file.write(case.text + "\n\n")
    with open(os.path.join(folder, "main.py"), "w") as file:
        file.write("import support\n" + "".join("import %s\n" % n for n in names))
        file.write("support.main([%s])\n" % ", ".join(names))
    return [case.number for case in cases]


class Tools:
    def __init__(self, options):
        self.options = options
        self.environment = dict(item.split("=", 1) for item in options.environment)
        self.spent = {}

    def build(self, folder, level, executable):
        """The message of a failed build, or ''."""
        start = time.monotonic()
        argv = [self.options.pyaot, "build", os.path.join(folder, "main.py"), "-o", executable, "--no-source", "-O" + level.rstrip("q")]
        if level.endswith("q"):
            argv.append("--quick-machine-code")
        done = subprocess.run(argv, env={**os.environ, "PYAOT_HOME": self.options.home}, capture_output=True, text=True)
        self.spent["build -O%s" % level] = self.spent.get("build -O%s" % level, 0) + time.monotonic() - start
        return "" if done.returncode == 0 else "build failed (%d): %s" % (done.returncode, done.stderr.strip()[-500:])

    def cpython(self, folder, numbers):
        seen = tempfile.mkdtemp(prefix="pyaot-fuzz.", dir=os.path.join(self.options.oracle, "tmp"))
        start = time.monotonic()
        try:
            for name in os.listdir(folder):
                if name.endswith(".py"):
                    shutil.copy(os.path.join(folder, name), seen)
            argv = ["chroot", self.options.oracle, "python3.14", "-W", "ignore", "/tmp/%s/main.py" % os.path.basename(seen)]
            return run_all(argv, numbers, {"PYTHONDONTWRITEBYTECODE": "1"})
        finally:
            shutil.rmtree(seen, ignore_errors=True)
            self.spent["cpython"] = self.spent.get("cpython", 0) + time.monotonic() - start

    def pyaot(self, folder, numbers, level, left_out):
        executable = os.path.join(folder, "main%s" % level)
        failure = self.build(folder, level, executable)
        if failure:
            return failure
        start = time.monotonic()
        results = run_all([executable], numbers, self.environment, left_out)
        self.spent["run -O%s" % level] = self.spent.get("run -O%s" % level, 0) + time.monotonic() - start
        return results


def digest(text):
    return hashlib.blake2b(text, digest_size=4).hexdigest()


def first_difference(wanted, got):
    a, b = wanted.split(b"\n"), got.split(b"\n")
    for number, (x, y) in enumerate(zip(a + [b"(end)"] * len(b), b + [b"(end)"] * len(a)), 1):
        if x != y:
            return "line %d\n    wanted %s\n    got    %s" % (number, x.decode("utf-8", "replace")[:300], y.decode("utf-8", "replace")[:300])
    return "equal"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyaot", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--oracle", default="")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--from", dest="start", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="small cases, which compile in a fraction of the time")
    parser.add_argument("--levels", default="0,3", help="3q: level 3 with quick machine code, which compiles in a fraction of the time")
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--one", type=int, help="only this case")
    parser.add_argument("--environment", action="append", default=[], help="NAME=VALUE for compiled programs, as PYAOT_GC_STRESS=7")
    parser.add_argument("--reduce", action="store_true")
    parser.add_argument("--expected")
    parser.add_argument("--record")
    options = parser.parse_args()
    tools = Tools(options)
    oracle = os.path.exists(os.path.join(options.oracle, "usr/bin/python3.14")) if options.oracle else False
    if not oracle and not options.expected:
        sys.exit("fuzz: CPython is needed: give --oracle, or --expected")
    numbers = [options.one] if options.one is not None else list(range(options.start, options.start + options.cases))
    expected = None
    if options.expected:
        with open(options.expected) as file:
            expected = file.read().split()
        numbers = [n for n in numbers if n < len(expected)]
    recorded, different, compared, skipped = [], [], 0, 0
    found = os.path.join(options.work, "found")
    os.makedirs(found, exist_ok=True)
    for at in range(0, len(numbers), options.batch):
        batch = numbers[at:at + options.batch]
        folder = tempfile.mkdtemp(prefix="batch.", dir=options.work)
        cases = {n: case_of(options.seed, n, options.small) for n in batch}
        write_batch(folder, list(cases.values()))
        wanted = tools.cpython(folder, batch) if not expected else None
        hashes = {n: expected[n] if expected else digest(wanted[n]) if usable(wanted.get(n)) else "-" for n in batch}
        recorded += [hashes[n] for n in batch]
        left_out = [n for n in batch if hashes[n] == "-"]
        skipped += len(left_out)
        for level in [] if options.record else options.levels.split(","):
            results = tools.pyaot(folder, batch, level, left_out)
            if isinstance(results, str):
                print("cases %d-%d at -O%s: %s" % (batch[0], batch[-1], level, results), flush=True)
                different.append((batch[0], level))
                continue
            for n in batch:
                if hashes[n] == "-":
                    continue
                compared += 1
                got = results.get(n, b"** not run\n")
                if digest(got) == hashes[n]:
                    continue
                if wanted is None and oracle:
                    alone = os.path.join(folder, "alone%d" % n)
                    write_batch(alone, [cases[n]])
                    wanted = {n: tools.cpython(alone, [n]).get(n, b"")}
                text = first_difference(wanted[n], got) if wanted and n in wanted else "got\n" + got.decode("utf-8", "replace")[-2000:]
                print("%d:%d at -O%s: %s" % (options.seed, n, level, text), flush=True)
                if n not in [d[0] for d in different]:
                    name = os.path.join(found, "s%d_%d.py" % (options.seed, n))
                    with open(name, "w", encoding="utf-8") as file:
                        file.write(cases[n].text)
                    if options.reduce and oracle:
                        import reduce

                        with open(name, "w", encoding="utf-8") as file:
                            file.write(reduce.smallest(tools, cases[n].text, n, level, os.path.join(folder, "reduce")))
                        print("  reduced: %s" % name, flush=True)
                different.append((n, level))
        shutil.rmtree(folder, ignore_errors=True)
        print("%d cases, %d runs compared, %d left out, %d different  (%s)" % (
            at + len(batch), compared, skipped, len(different),
            ", ".join("%s %.0f s" % item for item in sorted(tools.spent.items()))), file=sys.stderr, flush=True)
    if options.record:
        with open(options.record, "w") as file:
            file.write("\n".join(" ".join(recorded[i:i + 16]) for i in range(0, len(recorded), 16)) + "\n")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
