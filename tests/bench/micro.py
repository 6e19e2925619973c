#!/usr/bin/env python3
"""Small benchmarks, one per pattern: every program of tests/bench/micro is built with pyaot and run against CPython.

  micro.py --pyaot BINARY --home FOLDER --oracle FOLDER --work FOLDER [--reps 3] [--build=-O3] [--pypy] [--out FILE] [FILTER...]

A filter selects the programs whose name contains it. Runs are interleaved, the best CPU time (user and system, of the child
alone) of each counts, and every output is compared with CPython's. Prints ratios to CPython, the slowest first, and their
geometric mean; the status is 1 when an output differs, a program fails or a build fails.
"""
import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "micro")
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
LIMIT = 120.0


def run(argv):
    """CPU seconds, output and status of one child; its error output is the reason when the status is not 0."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=ENVIRONMENT, cwd="/")
        end = time.monotonic() + LIMIT
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                child.kill()
                end = math.inf
            time.sleep(0.002)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return usage.ru_utime + usage.ru_stime, out.read(), child.returncode, err.read().decode("utf-8", "replace")


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def build(options, name, executable):
    argv = [options.pyaot, "build", os.path.join(PROGRAMS, name + ".py"), "-o", executable, *options.build]
    done = subprocess.run(argv, env={**os.environ, "PYAOT_HOME": options.home}, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no message"])[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyaot", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--work", required=True, help="folder for executables")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--build", action="append", default=[], help="further option of `pyaot build`, as --build=-O3")
    parser.add_argument("--pypy", action="store_true", help="run PyPy as well")
    parser.add_argument("--out", help="write the table there too")
    parser.add_argument("filter", nargs="*")
    options = parser.parse_args()
    options.work = os.path.abspath(options.work)
    names = sorted(f[:-3] for f in os.listdir(PROGRAMS) if f.endswith(".py"))
    names = [n for n in names if not options.filter or any(f in n for f in options.filter)]
    if not names:
        sys.exit("micro: no program matches")
    os.makedirs(options.work, exist_ok=True)
    # The reference system is a chroot, so the programs are copied into it.
    seen = tempfile.mkdtemp(prefix="pyaot-micro.", dir=os.path.join(options.oracle, "tmp"))
    rows, wrong = [], []
    try:
        for number, name in enumerate(names, 1):
            shutil.copy(os.path.join(PROGRAMS, name + ".py"), seen)
            script = "/tmp/%s/%s.py" % (os.path.basename(seen), name)
            executable = os.path.join(options.work, name)
            failure = build(options, name, executable)
            if failure:
                wrong.append("%s: build failed: %s" % (name, failure))
                continue
            tools = {
                "cpython": ["chroot", options.oracle, "python3.14", script],
                "pyaot": [executable],
            }
            if options.pypy:
                tools["pypy"] = ["chroot", options.oracle, "pypy3", script]
            best, expected = {}, None
            for _ in range(options.reps):
                for tool, argv in tools.items():
                    cpu, output, status, errors = run(argv)
                    best[tool] = min(best.get(tool, math.inf), cpu)
                    if expected is None:
                        expected = output
                    if status or output != expected:
                        reason = "status %d: %s" % (status, errors.strip()[-300:]) if status else "output differs"
                        wrong.append("%s: %s: %s" % (name, tool, reason))
                        best.pop(tool)
                        break
                else:
                    continue
                break
            if "pyaot" in best and "cpython" in best:
                rows.append((best["cpython"] / max(best["pyaot"], 1e-6), name, best))
            if sys.stderr.isatty():
                print("\r%d/%d %-24s" % (number, len(names), name), end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print("\r%40s\r" % "", end="", file=sys.stderr)
    finally:
        shutil.rmtree(seen, ignore_errors=True)
    lines = ["%-22s %9s %9s %8s%s" % ("program", "CPython s", "pyaot s", "ratio", "   of PyPy" if options.pypy else "")]
    for ratio, name, best in sorted(rows):
        line = "%-22s %9.3f %9.3f %7.2fx" % (name, best["cpython"], best["pyaot"], ratio)
        if "pypy" in best:
            line += "   %6.2fx" % (best["pypy"] / max(best["pyaot"], 1e-6))
        lines.append(line)
    ratios = [row[0] for row in rows]
    lines.append("geometric mean of %d: %.2fx; below 1.0x: %d" % (len(rows), geometric_mean(ratios), sum(r < 1 for r in ratios)))
    text = "\n".join(lines + ["wrong: " + line for line in wrong])
    print(text)
    if options.out:
        with open(options.out, "w") as file:
            file.write(text + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
