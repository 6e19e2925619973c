"""Packs what oracle.py recorded into one file for the tests: `pack.py OUT FILE`.

For each program that CPython compiled: length (4 bytes, little-endian) and bytes of its path, of its source and of
its marshalled code object.
"""

import os
import struct
import sys

out, target = sys.argv[1:]
with open(os.path.join(out, "index.txt")) as file:
    paths = file.read().splitlines()
with open(target, "wb") as file:
    for number, path in enumerate(paths):
        base = os.path.join(out, str(number))
        if not os.path.exists(base + ".0.bin"):
            continue
        for part in (path.encode(), *(open(base + end, "rb").read() for end in (".py", ".0.bin"))):
            file.write(struct.pack("<I", len(part)) + part)
