"""Records what CPython makes of deeply nested sources, for the example `nesting` of pyaot_frontend.

Usage: python3.14 nesting.py OUT

OUT gets N.py for each source and `index.txt` with a line each: its name, and `ok` or the class and message of the error.
"""

import os
import subprocess
import sys

CHILD = """
import sys
try:
    compile(open(sys.argv[1]).read(), "<s>", "exec")
    print("ok")
except (SyntaxError, MemoryError, RecursionError) as e:
    print(type(e).__name__, getattr(e, "msg", e))
"""


def cases():
    for n in (150, 900, 3000, 6000, 100000):
        yield f"paren{n}", "("*n+")"*n
        yield f"list{n}", "["*n+"]"*n
        yield f"open{n}", "("*n
        yield f"minus{n}", "x="+"-"*n+"y"
        yield f"not{n}", "x="+"not "*n+"y"
        yield f"attr{n}", "x=a"+".b"*n
        yield f"call{n}", "x=a"+"()"*n
        yield f"sub{n}", "x=a"+"[0]"*n
        yield f"lambda{n}", "x="+"lambda:"*n+"1"
        yield f"add{n}", "x="+"y+"*n+"y"
        yield f"addconst{n}", "x="+"1+"*n+"1"
        yield f"pow{n}", "x="+"y**"*n+"y"
        yield f"ifexp{n}", "x="+"a if b else "*n+"c"
        yield f"and{n}", "x="+"a and "*n+"c"
        yield f"cmp{n}", "x="+"a<"*n+"c"
        yield f"assign{n}", "a="*n+"c"
        yield f"elif{n}", "if a:pass\n"+"elif b:pass\n"*n
        yield f"tuple{n}", "x=("+"a,"*n+")"
        yield f"strs{n}", "x="+"'a' "*n
        yield f"await{n}", "async def f():\n return "+"await "*n+"c"
        yield f"star{n}", "x=["+"*"*n+"c]"
        yield f"deco{n}", "@a\n"*n+"def f():pass"
        yield f"walrus{n}", "".join("(a:=" for _ in range(min(n,190)))+"1"+")"*min(n,190)
    for n in (19,20,21,99,100,101,150):
        yield f"blocks{n}", "".join(" "*i+"if a:\n" for i in range(n))+" "*n+"pass"
        yield f"fors{n}", "".join(" "*i+"for a in b:\n" for i in range(n))+" "*n+"pass"
        yield f"withs{n}", "".join(" "*i+"with a:\n" for i in range(n))+" "*n+"pass"
        yield f"defs{n}", "".join(" "*i+"def f():\n" for i in range(n))+" "*n+"pass"
        yield f"classes{n}", "".join(" "*i+"class f:\n" for i in range(n))+" "*n+"pass"
        yield f"fstr{n}", 'f"{'*n+"1"+'}"'*n
        yield f"comps{n}", "[a "+"for a in b "*n+"]"
        yield f"with1_{n}", "with "+",".join(["a"]*n)+": pass"
        yield f"tries{n}", "".join(" "*i+"try:\n" for i in range(n))+" "*n+"pass\n"+"".join(" "*i+"finally: pass\n" for i in reversed(range(n)))


out = sys.argv[1]
os.makedirs(out, exist_ok=True)
index = []
for number, (name, source) in enumerate(cases()):
    path = f"{out}/{number}.py"
    with open(path, "w") as file:
        file.write(source + "\n")
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", CHILD, path], capture_output=True, text=True)
    index.append(f"{name} {run.stdout.strip() or 'crash'}")
with open(f"{out}/index.txt", "w") as file:
    file.writelines(f"{line}\n" for line in index)
