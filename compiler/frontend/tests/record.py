"""Records what CPython makes of the cases: run with python3.14 in this folder.

For each cases/NAME.py, cases/NAME.bin is the marshalled code object; cases/errors.expected has, for each source of
cases/errors.txt, the printed form of its SyntaxError; cases/keywords.expected, for each of cases/keywords.txt, what
python3.14 prints for a file of it.
"""

import glob
import marshal
import os
import subprocess
import sys
import traceback
import warnings

warnings.simplefilter("ignore")
for path in sorted(glob.glob("cases/*.py")):
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    with open(path[:-2] + "bin", "wb") as file:
        file.write(marshal.dumps(code))

with open("cases/errors.txt") as file:
    sources = file.read().split("----\n")
with open("cases/errors.expected", "w") as file:
    for source in sources:
        try:
            compile(source, "case.py", "exec", dont_inherit=True)
            text = ["accepted\n"]
        except SyntaxError as e:
            if e.text is None and e.lineno:
                e.text = (source.splitlines(True) + [""])[e.lineno - 1]
            text = traceback.format_exception_only(e)
        file.write("".join(text) + "----\n")

with open("cases/keywords.txt") as file:
    sources = file.read().split("----\n")
with open("cases/keywords.expected", "w") as file:
    for source in sources:
        with open("case.py", "w") as case:
            case.write(source)
        printed = subprocess.run([sys.executable, "case.py"], capture_output=True, env={"LANG": "C.UTF-8", "PYTHON_COLORS": "0"})
        file.write(printed.stderr.decode().replace(os.path.abspath("case.py"), "case.py") + "----\n")
os.remove("case.py")
