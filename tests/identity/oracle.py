"""Records what CPython compiles, for the example `identity` of pyaot_frontend.

Usage: python3.14 oracle.py OUT LEVELS PATH...

LEVELS are digits, each an optimisation level. OUT gets, for the Nth Python file below the PATHs, N.py (the source) and
for each level L N.L.bin (the body of the .pyc that py_compile writes) or N.L.err (class, line, offset, end line,
end offset and message of the exception, one a line), `index.txt` with the paths and `levels.txt` with the levels.
"""

import importlib._bootstrap_external as external
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


def record(out, number, path, level):
    base = os.path.join(out, str(number))
    with open(path, "rb") as file:
        source = file.read()
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=int(level))
    except Exception as error:
        where = (getattr(error, name, None) for name in ("lineno", "offset", "end_lineno", "end_offset"))
        lines = [type(error).__name__, *where, getattr(error, "msg", error)]
        with open(f"{base}.{level}.err", "w", errors="surrogatepass") as file:
            file.writelines(f"{line}\n" for line in lines)
    else:
        with open(f"{base}.{level}.bin", "wb") as file:
            # Without the header; py_compile holds the code object twice, which marks it as shared.
            held = [code]
            file.write(external._code_to_timestamp_pyc(held[0])[16:])


def in_child(work, *args):
    child = os.fork()
    if not child:
        work(*args)
        os._exit(0)
    return child


def work(out, levels, files, numbers):
    for number in numbers:
        shutil.copyfile(files[number], os.path.join(out, f"{number}.py"))
        for level in levels:
            # What one compilation leaves behind, such as interned strings, is seen in the marks of the next.
            if os.waitpid(in_child(record, out, number, files[number], level), 0)[1]:
                os._exit(1)


def main():
    out, levels, *paths = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    warnings.simplefilter("ignore")
    files = sorted(set(python_files(paths)))
    largest_first = sorted(range(len(files)), key=lambda number: -os.path.getsize(files[number]))
    workers = os.cpu_count() or 1
    children = []
    for worker in range(workers):
        children.append(in_child(work, out, levels, files, largest_first[worker::workers]))
    for child in children:
        if os.waitpid(child, 0)[1]:
            sys.exit("oracle.py: a worker failed")
    with open(os.path.join(out, "index.txt"), "w") as file:
        file.writelines(f"{path}\n" for path in files)
    with open(os.path.join(out, "levels.txt"), "w") as file:
        file.write(levels)


main()
