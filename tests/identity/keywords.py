"""Records what CPython prints for files with misspelled keywords, for the example `printed` of pyaot_frontend.

Usage: python3.14 keywords.py OUT [COUNT [SEED]]

Statements of each kind, with one word of each spelled in all kinds of wrong ways and with damage of other kinds, stand
alone, in the midst of files, in nested blocks and in odd files. OUT gets, for COUNT of them (all without it), N.py and
N.err, which is what `python3.14 N.py` writes to stderr.
"""

import os
import random
import re
import subprocess
import sys

STATEMENTS = """
for x in range(3): pass
for x in y:\n    print(x)\nelse:\n    pass
while x: pass
while True:\n    break
while x < 3:\n    continue
if a: b
if a and b or not c: d
if a:\n    b\nelif c:\n    d\nelse:\n    e
if a in b: c
if a is not None: c
x = a if b else c
x = not a
x = a or b
x = a and b
x = a not in b
x = a is b
x = None
f(None, True, False)
x = [None, y]
x = lambda y: y
f(lambda: None)
x = [y for y in z if y]
x = {y: 1 for y in z}
x = (y async for y in z)
x = sum(y for y in z)
import os
import os as o
import os.path as p, sys
from os import path
from os import path as p
from . import x
from .a import (b, c as d)
try:\n    a\nexcept A:\n    b
try:\n    a\nexcept A as b:\n    c\nelse:\n    d\nfinally:\n    e
try: a\nfinally: b
try:\n    a\nexcept* A:\n    b
with a as b: c
with a:\n    b
with (a as b, c as d):\n    pass
raise A
raise A from b
raise A(1) from None
assert a, b
assert a == 1
del a
del a, b[1]
pass
class A: pass
class A(B):\n    def f(self):\n        return self
class A[T]:\n    x: int = 1
def f(a, b=None): return a
def f(x: int) -> None:\n    return x
def f():\n    return
def f():\n    return 1, 2
def f():\n    yield 1
def f():\n    x = yield
def f():\n    yield from a
def f():\n    global a
def f():\n    global a, b\n    a = 1
def f():\n    x = 1\n    def g():\n        nonlocal x
async def f(): await a
async def f():\n    async for x in y:\n        await x
async def f():\n    async with a as b:\n        pass
async def f():\n    return [x async for x in y]
@a\ndef f(): pass
@a.b(c)\nclass A: pass
match x:\n    case 1: pass
match x:\n    case A(b=c) if d:\n        pass\n    case _:\n        pass
type A = int
print(a if b else c)
print(not a, b)
x = f'{a if b else c}'
x = f"{a!r:{b}} {c}"
x = (a\n     if b\n     else c)
x = [\n    y\n    for y in z\n]
f(a, b,\n  c=None)
x: int = None
return a
a.b = c.d if e else f[g]
x = a; y = b if c else d
if (n := a) is None: pass
for (a, b), c in d: pass
for x in y: return x
while not a: del b
print >>a, b
exec "a"
print a
print a, b
raise A, b
try:\n    a\nexcept A, b:\n    c
""".strip("\n").replace("\\n", "\n")

# Other wrong sources, some of them with a keyword to suggest.
ODD = """
fro x in y: pass
iff x: pass
esle: pass
whle x
clas A
fo x i y: pass
retunr x y
de f(x): pas
imprt os, sys
form os import path
form os imprt path
x = a iff b else c
x = a if b esle c
f(a, b for x in y z)
[a b]
(a b)
{a b}
f(a b)
f(a nto b)
x = a nto in b
x = (a nto b)
x = [a fro a in b]
a b c d e f g h i j fro
a b c d e f g h i j k fro x in y
fro fro in fro: fro
Fro X in Y: pass
FOR x in y: pass
If x: pass
none is None y
x = flase true
x y
foo bar
lambd x: x
lamda x: x
asyn def f(): pass
async fed f(): pass
awiat x y
yeild x
globl x
nonlcal x
wiht open(x) as f: pass
with open(x) sa f: pass
tri: pass
try pass
excpet: pass
finaly: pass
brek x
contnue x
rase X
assret x
pss x
dle x
print x
exec x
é à
fôr x in y: pass
œfor x in y: pass
x = 1for y in z
x = 1fro y
if x = 1: pass
x = (1,
'a' fro
"a" x "b"
f'{fro x in y}'
f'{x fro y}'
f'{a b}' fro x
0777 fro x
1abc fro x
x $ fro
x ? fro
x ! fro
fro x in y: (
fro x in y: '''
fro x in y: 'a
fro x in y: \\
fro x in y: return 1
fro x in y: await z
fro x in y:
fro x in y
whiel x: f("\\d")
f(x y for)
class class
def def
import import
from x import
@fro x
a = b c = d
a, b fro c
a.fro x
x = {a: b c: d}
x[a b]
x[a:b c]
del x y
assert x y
raise x y
return x y
import x y
import x sa y
from x improt y
from x import y sa z
global x y
while x y: pass
with x y: pass
for x y in z: pass
for x ni y: pass
for x of y: pass
except x: pass
elif x: pass
x = yeild
x = yeild y
x = awit y
ture x
async fro x in y: pass
*a b
**a b
print(a b)
print("a" b)
print("a" fro b in c)
match x y
matc x:\n    case 1: pass
match x:\n    cas 1: pass
match x:\n    case 1 iff y: pass
match x:\n    case 1 sa y: pass
typ X = int
""".strip("\n").replace("\\n", "\n").replace("\\\\", "\\")

PLACES = [
    "{}",
    "x = 1\ny = 2\n{}\nz = 3",
    "import os\n\n\ndef f(a):\n    x = 1\n{1}\n    return x\n\n\nf(1)",
    "class A:\n    def f(self):\n        x = 1\n{2}\n    y = 1",
    "def f():\n    pass\n\n\n{}\n",
    "def f():\n    if a:\n        b\n    c\n{1}\n",
    "if a:\n    b\n\n{}\nelse:\n    c",
    "if a:\n\tb\n\tfor c in d:\n\t\te\n{t}\n",
    "@a\n@b\ndef f():\n    pass\n{}",
    "x = '''\n  a\n'''\n{}\ny = '''",
    "# a comment\n\n\"\"\"A text.\"\"\"\n{}  # fro x\n",
    "for a in b:\n    c\n    while d:\n{2}\n",
    "x = 1; {}",
    "fro x in y: pass\n{}",
    "{}\nfro x in y: pass",
    "try:\n    a\nexcept B:\n    c\n    try:\n        d\n    finally:\n        e\n{1}",
    "x = (\n    1,\n)\n\n{}\n",
    "{}\n\n# the end\n",
    "if a: b\nif c: d; e\n{}\n",
    "async def f():\n    async with a:\n        b\n{1}\n",
]


def cases():
    statements = [s for s in re.split(r"\n(?! )", STATEMENTS)]
    # Continuations of compound statements stand at the margin too.
    joined = []
    for s in statements:
        if re.match(r"(else|elif|except|finally|\]|def f\(\): pass|class A: pass$)", s) and joined and re.match(
                r"(for|if|while|try|@|x = \[)", joined[-1]):
            joined[-1] += "\n" + s
        else:
            joined.append(s)
    rng = random.Random(20261121)
    for s in joined:
        for match in re.finditer(r"[A-Za-z]+", s):
            for wrong in misspelled(match[0], rng):
                yield s[: match.start()] + wrong + s[match.end() :]
    for s in re.split(r"\n(?! )", ODD):
        yield s


def misspelled(word, rng):
    if len(word) < 2:
        return
    at = rng.randrange(len(word))
    yield word[:at] + word[at + 1 :]
    yield word[1:]
    at = rng.randrange(len(word))
    yield word[:at] + word[at] + word[at:]
    at = rng.randrange(len(word) - 1)
    yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    yield word.upper()
    yield word.capitalize()
    at = rng.randrange(len(word))
    yield word[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz_0é") + word[at + 1 :]
    yield word + rng.choice("abcdefghijklmnopqrstuvwxyz_0")
    at = rng.randrange(1, len(word))
    yield word[:at] + " " + word[at:]


def placed(case, place):
    def indented(text, by):
        return "\n".join(by + line for line in text.split("\n"))

    for name, text in (("{}", case), ("{1}", indented(case, "    ")), ("{2}", indented(case, "        ")), ("{t}", indented(case, "\t"))):
        place = place.replace(name, text)
    return place


def odd_files(case):
    """As bytes."""
    text = case.encode()
    yield b"\xef\xbb\xbf" + text
    yield b"# coding: latin-1\nx = '\xe9'\n" + text
    yield b"x = '\xc3\xa9'\n" + text
    yield text.replace(b"\n", b"\r\n") + b"\r\n"
    yield b"x = 1\r" + text
    yield b"x = 1\n\f\n" + text
    yield b"x = '\x1c'\n" + text
    yield "x = '\u2028'\n".encode() + text
    yield b"x = 1\n" * 200 + text
    yield b"def f(): pass\n" + b"x = 1\n" * 160 + text
    yield b"def f(): pass\n" + b"x = 1\n" * 300 + text
    yield b"x = 1\n" * 300 + b"def f(): pass\n" + text
    yield b"\n\n\n   \n" + text + b"\n\n\n"
    yield b"  \n\t\n" + text
    yield b"# a\n   # b\n" + text


def sources():
    all_cases = list(cases())
    rng = random.Random(7)
    for number, case in enumerate(all_cases):
        yield (case + "\n").encode()
        yield placed(case, PLACES[number % len(PLACES)]).encode()
        yield placed(case, rng.choice(PLACES)).encode()
        if number % 9 == 0:
            odd = list(odd_files(case))
            yield odd[number // 9 % len(odd)]
        if number % 5 == 0:
            words = re.findall(r"\w+|\W", case)
            at = rng.randrange(len(words))
            words[at] = rng.choice([words[at] * 2, "", " ", "(", ")", "fro", "'", " nto ", ","])
            yield ("".join(words) + "\n").encode()


def main():
    out, *numbers = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    chosen = list(dict.fromkeys(sources()))
    if numbers:
        random.Random(int(numbers[1]) if len(numbers) > 1 else 1).shuffle(chosen)
        del chosen[int(numbers[0]) :]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHON_COLORS": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    workers = os.cpu_count() or 1
    children = []
    for worker in range(workers):
        child = os.fork()
        if not child:
            for number in range(worker, len(chosen), workers):
                path = os.path.join(out, f"{number}.py")
                with open(path, "wb") as file:
                    file.write(chosen[number])
                try:
                    compile(chosen[number], path, "exec", dont_inherit=True)
                except SyntaxError:
                    done = subprocess.run([sys.executable, "-I", "-S", path], capture_output=True, env=environment)
                    printed = done.stderr
                else:
                    printed = b""
                with open(os.path.join(out, f"{number}.err"), "wb") as file:
                    file.write(printed)
            os._exit(0)
        children.append(child)
    for child in children:
        if os.waitpid(child, 0)[1]:
            sys.exit("keywords.py: a worker failed")
    with open(os.path.join(out, "count.txt"), "w") as file:
        file.write(f"{len(chosen)}\n")


main()
