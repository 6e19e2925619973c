"""Prints the encodings of Python, for compiler/frontend/src/syntax/encodings.txt.

With `--wide` it prints what the encodings of East Asia decode to, for the example `wide_tables` of pyaot_frontend: for each
table a line `> NAME:BASE`, then a line for each code that has a meaning, code and characters in hex.

One line an encoding: its names (normalised, separated by commas), a colon, and `*` for one that is not a table of single
bytes, `!` for one that is no encoding of text; else for each run of bytes that differs from Latin-1 the first byte and the code points, in hex, `-` being
undefined.
"""

import encodings
import encodings.aliases
import importlib
import pkgutil
import sys

MULTIBYTE = ("big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312",
             "gbk", "hz", "idna", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext",
             "iso2022_kr", "johab", "punycode", "raw_unicode_escape", "shift_jis", "shift_jis_2004", "shift_jisx0213",
             "unicode_escape", "utf_8", "utf_8_sig")
BINARY = ("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec")


# Name of a table: what it is compared with (the web's encoding of that label, the bytes of a code behind a prefix, or
# another table), Python's encoding and the prefix there.
WIDE = {
    "big5": ("big5", "big5", b""),
    "big5hkscs": ("big5", "big5hkscs", b""),
    "cp950": ("=big5", "cp950", b""),
    "cp932": ("shift_jis", "cp932", b""),
    "shift_jis": ("shift_jis", "shift_jis", b""),
    "cp949": ("euc-kr", "cp949", b""),
    "euc_kr": ("euc-kr", "euc_kr", b""),
    "euc_jp": ("euc-jp", "euc_jp", b""),
    "jisx0212": ("euc-jp/8f", "euc_jp", b"\x8f"),
    "euc_jis_2004": ("=euc_jp", "euc_jis_2004", b""),
    "euc_jisx0213": ("=euc_jis_2004", "euc_jisx0213", b""),
    "jisx0213_2": ("=jisx0212", "euc_jis_2004", b"\x8f"),
    "jisx0213_2000_2": ("=jisx0213_2", "euc_jisx0213", b"\x8f"),
    "gb2312": ("gbk", "gb2312", b""),
    "gbk": ("gbk", "gbk", b""),
    "gb18030": ("gb18030", "gb18030", b""),
}


def wide_codes(name):
    for first in range(0x80, 0x100):
        for second in range(0x100):
            yield bytes((first, second))
    if name == "gb18030":
        for first in range(0x81, 0x85):
            for second in range(0x30, 0x3A):
                for third in range(0x81, 0xFF):
                    for fourth in range(0x30, 0x3A):
                        yield bytes((first, second, third, fourth))


def print_wide():
    for name, (base, codec, prefix) in WIDE.items():
        print(f"> {name}:{base}")
        for code in wide_codes(name):
            try:
                text = (prefix + code).decode(codec)
            except UnicodeDecodeError:
                continue
            # Two characters of one byte each are no wide one.
            try:
                (prefix + code[:1]).decode(codec)
            except UnicodeDecodeError:
                print(code.hex(), *(f"{ord(c):x}" for c in text))


def table_of(name):
    if name == "latin_1":
        return "".join(map(chr, range(256)))
    if name == "ascii":
        return "".join(map(chr, range(128)))
    try:
        return importlib.import_module(f"encodings.{name}").decoding_table
    except (AttributeError, ImportError):
        return None


if sys.argv[1:] == ["--wide"]:
    print_wide()
    sys.exit()
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
