#!/usr/bin/env python3
"""Compile time of a generated program: cold, unchanged, and after edits, with an object cache of its own.

  measure.py --pyaot BINARY --home FOLDER --work FOLDER [--lines 10000] [--seed 1] [--build=-O2]

Prints seconds of wall clock and of CPU (user and system, of the compiler and its linker), and peak memory in MB, for each build.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def build(options, script, title):
    argv = [options.pyaot, "build", script, "-o", os.path.join(options.work, "program"), *options.build]
    environment = {**os.environ, "PYAOT_HOME": options.home, "PYAOT_CACHE": os.path.join(options.work, "cache")}
    start = time.monotonic()
    child = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"measure.py: {title}: status {child.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    print(f"{title:36} {seconds:8.2f} s {cpu:8.2f} s CPU {usage.ru_maxrss / 1000:7.0f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pyaot", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--work", required=True, help="folder for the program, its executable and the cache")
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", action="append", default=[], help="option of the builds")
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    os.makedirs(options.work)
    generate = [sys.executable, os.path.join(HERE, "generate.py"), str(options.seed), str(options.lines)]
    source = subprocess.run(generate, capture_output=True, text=True, check=True).stdout
    script = os.path.join(options.work, "program.py")

    def write(text):
        with open(script, "w") as out:
            out.write(text)

    print(f"{source.count(chr(10))} lines, {os.cpu_count()} cores")
    write(source)
    build(options, script, "cold")
    build(options, script, "nothing changed")
    # A constant in a function in the middle, then a line of comment before everything.
    returns = [m.start() for m in re.finditer(r"\) % 65521\n", source)]
    place = returns[len(returns) // 2]
    write(source[:place] + ") % 65519\n" + source[place + len(") % 65521\n"):])
    build(options, script, "one line changed")
    write("# A comment.\n" + source)
    build(options, script, "a line of comment before everything")


if __name__ == "__main__":
    main()
