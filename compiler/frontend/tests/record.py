"""Records what CPython makes of the cases: run with python3.14 in this folder.

For each cases/NAME.py, cases/NAME.bin is the marshalled code object; cases/errors.expected has, for each source of
cases/errors.txt, the printed form of its SyntaxError.
"""

import glob
import marshal
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
