"""Records the text of `python3.14 -m dis`, for the example `dis_text` of pyaot_frontend.

Usage: python3.14 dis_text.py OUT PATH...

OUT gets, for the Nth Python file below the PATHs, N.py and for each set of options N.OPTIONS.txt; `index.txt` has the
paths and `options.txt` the options. Addresses are written as 0x0.
"""

import contextlib
import dis
import io
import os
import re
import shutil
import sys
import warnings

OPTIONS = ["", "C", "O", "P", "S", "CS", "COP"]

out, *paths = sys.argv[1:]
os.makedirs(out, exist_ok=True)
warnings.simplefilter("ignore")
files = []
for path in paths:
    if os.path.isfile(path):
        files.append(path)
    for folder, _, names in os.walk(path):
        files += (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))
done = []
for path in files:
    with open(path, "rb") as file:
        source = file.read()
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        continue
    shutil.copyfile(path, os.path.join(out, f"{len(done)}.py"))
    for options in OPTIONS:
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            dis.dis(
                code,
                show_caches="C" in options,
                show_offsets="O" in options,
                show_positions="P" in options,
                adaptive="S" in options,
            )
        with open(os.path.join(out, f"{len(done)}.{options}.txt"), "w", errors="surrogatepass") as file:
            file.write(re.sub(r" at 0x[0-9a-f]+", " at 0x0", text.getvalue()))
    done.append(path)
with open(os.path.join(out, "index.txt"), "w") as file:
    file.writelines(f"{path}\n" for path in done)
with open(os.path.join(out, "options.txt"), "w") as file:
    file.writelines(f"{options}\n" for options in OPTIONS)
