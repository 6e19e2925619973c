"""Prints the encodings of Python, for compiler/frontend/src/syntax/encodings.txt.

One line an encoding: its names (normalised, separated by commas), a colon, and `*` for one that is not a table of single
bytes, `!` for one that is no encoding of text; else for each run of bytes that differs from Latin-1 the first byte and the code points, in hex, `-` being
undefined.
"""

import encodings
import encodings.aliases
import importlib
import pkgutil

MULTIBYTE = ("big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "iso2022_jp",
             "shift_jis", "utf_8", "utf_8_sig")
BINARY = ("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec")


def table_of(name):
    if name == "latin_1":
        return "".join(map(chr, range(256)))
    if name == "ascii":
        return "".join(map(chr, range(128)))
    try:
        return importlib.import_module(f"encodings.{name}").decoding_table
    except (AttributeError, ImportError):
        return None


tables = {module.name: table_of(module.name) for module in pkgutil.iter_modules(encodings.__path__)}
for name, table in sorted(tables.items()):
    names = ",".join([name, *(alias for alias, of in encodings.aliases.aliases.items() if of == name)])
    if name in BINARY:
        print(f"{names}:!")
    if name in MULTIBYTE:
        print(f"{names}:*")
    if not isinstance(table, str):
        continue
    runs = []
    previous = None
    for byte, char in enumerate(table.ljust(256, "\ufffe")):
        if ord(char) == byte:
            continue
        point = "-" if char == "\ufffe" else f"{ord(char):x}"
        if previous == byte - 1:
            runs[-1] += f" {point}"
        else:
            runs.append(f"{byte:02x}={point}")
        previous = byte
    print(names + ":" + ";".join(runs))
