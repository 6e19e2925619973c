"""Records how CPython refuses sources, for the example `diagnostics` of pyaot_frontend.

Usage: python3.14 errors.py OUT PATH...

Every string literal of the Python files at the PATHs is taken for a source (as it is, dedented, and as an expression if
it is one line), and so is every doctest prompt. OUT gets one line a source: mode, source in hex, and either `ok` or
class, line, offset, end line, end offset, message and text in hex; then `-` and the warnings, as line, category and
message in hex.
"""

import ast
import re
import sys
import textwrap
import warnings


def sources(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for prompt in re.finditer(r"^( *)>>> .*(?:\n\1\.\.\. ?.*)*", text, re.M):
        lines = [line[len(prompt[1]) + 4 :] for line in prompt[0].split("\n")]
        source = "\n".join(lines) + "\n"
        yield source, "single"
        yield source, "exec"
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            if len(node.value) < 600:
                yield node.value, "exec"
                yield textwrap.dedent(node.value), "exec"
                if "\n" not in node.value:
                    yield node.value, "eval"


def record(source, mode):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<string>", mode, dont_inherit=True)
            fields = ["ok", "", "", "", "", "", ""]
        except (RecursionError, MemoryError, UnicodeEncodeError):
            return None
        except SyntaxError as e:
            fields = [type(e).__name__, e.lineno, e.offset, e.end_lineno, e.end_offset, hexed(e.msg), hexed(e.text or "")]
        except Exception as e:
            fields = [type(e).__name__, None, None, None, None, hexed(str(e)), "-"]
    fields += ["-", *(f"{w.lineno}:{w.category.__name__}:{hexed(str(w.message))}" for w in caught)]
    return " ".join([mode, hexed(source), *map(str, fields)])


def hexed(text):
    return text.encode("utf-8", "surrogatepass").hex() or "-"


def main():
    out, *paths = sys.argv[1:]
    seen = {}
    for path in paths:
        for key in sources(path):
            seen.setdefault(key, None)
    with open(out, "w") as file:
        for source, mode in seen:
            if line := record(source, mode):
                file.write(line + "\n")


main()
