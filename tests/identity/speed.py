"""Times CPython's compiler, for the example `speed` of pyaot_frontend.

Usage: python3.14 speed.py OUT PATH...

Compiles every Python file below the PATHs on one thread; OUT gets the files, `index.txt` with their paths and
one more line of `seconds.txt`, the CPU time of `compile` alone, the lesser of two runs. The collector is as Python starts it.
"""

import os
import shutil
import sys
import time
import warnings

out, *paths = sys.argv[1:]
os.makedirs(out, exist_ok=True)
warnings.simplefilter("ignore")
sources = []
for path in paths:
    files = [path] if os.path.isfile(path) else []
    for folder, _, names in os.walk(path):
        files += (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))
    for name in files:
        with open(name, "rb") as file:
            sources.append((name, file.read()))
accepted = []
best = None
for _ in range(2):
    total = 0.0
    accepted.clear()
    for name, source in sources:
        start = time.process_time()
        try:
            compile(source, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        total += time.process_time() - start
        accepted.append(name)
    best = total if best is None else min(best, total)
for number, name in enumerate(accepted):
    shutil.copyfile(name, os.path.join(out, f"{number}.py"))
with open(os.path.join(out, "index.txt"), "w") as file:
    file.writelines(f"{name}\n" for name in accepted)
with open(os.path.join(out, "seconds.txt"), "a") as file:
    file.write(f"{best}\n")
