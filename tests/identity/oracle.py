"""Records what CPython compiles, for the example `identity` of pyaot_frontend.

Usage: python3.14 oracle.py OUT OPTIMIZE PATH...

OUT gets, for the Nth Python file below the PATHs, N.py (the source), N.bin (marshal of its code object) or N.err
(class, line, offset, end line, end offset and message of the exception, one a line), and `index.txt` with the paths.
"""

import marshal
import os
import shutil
import sys
import warnings


def python_files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            yield from (os.path.join(folder, name) for name in names if name.endswith(".py"))


def main():
    out, optimize, *paths = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    warnings.simplefilter("ignore")
    files = sorted(set(python_files(paths)))
    for number, path in enumerate(files):
        base = os.path.join(out, str(number))
        shutil.copyfile(path, base + ".py")
        with open(path, "rb") as file:
            source = file.read()
        try:
            code = compile(source, path, "exec", dont_inherit=True, optimize=int(optimize))
        except Exception as error:
            where = (getattr(error, name, None) for name in ("lineno", "offset", "end_lineno", "end_offset"))
            lines = [type(error).__name__, *where, getattr(error, "msg", error)]
            with open(base + ".err", "w", errors="surrogatepass") as file:
                file.writelines(f"{line}\n" for line in lines)
        else:
            with open(base + ".bin", "wb") as file:
                file.write(marshal.dumps(code))
    with open(os.path.join(out, "index.txt"), "w") as file:
        file.writelines(f"{path}\n" for path in files)
    with open(os.path.join(out, "optimize.txt"), "w") as file:
        file.write(optimize)


main()
