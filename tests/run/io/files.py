"""Files on disk: modes, text and bytes, positions, errors."""
import posix
folder = "/tmp/pyaot-files-%d" % posix.getpid()
posix.mkdir(folder)
name = folder + "/data.txt"


def show(f, *args, **kw):
    try:
        print(repr(f(*args, **kw)).replace(folder, "FOLDER"))
    except Exception as e:
        print(type(e).__name__, str(e).replace(folder, "FOLDER"))


try:
    with open(name, "w", encoding="utf-8") as f:
        print(f.write("first line\n"), f.write("zwölf\n€uro 😀\n"), f.tell())
        f.writelines(["a\n", "b\n"])
        print(f.mode, f.encoding, f.errors, f.newlines, f.line_buffering, f.closed, f.writable(), f.readable(), f.seekable())
        show(f.read)
    print(f.closed)
    show(f.write, "x")
    with open(name, encoding="utf-8") as f:
        print(f.readline(), f.tell(), f.read(3), f.tell(), f.readline(2), f.read())
        f.seek(0)
        print(f.read(5), f.seek(0, 2), f.read())
        f.seek(0)
        print([len(x) for x in f], f.newlines)
        f.seek(0)
        next(f)
        show(f.tell)
        show(f.write, "x")
        show(f.seek, 1, 1)
        show(f.seek, -1)
    # every position that tell gives can be gone back to
    with open(name, encoding="utf-8") as f:
        places = []
        while True:
            at = f.tell()
            c = f.read(1)
            if not c:
                break
            places.append((at, c))
        for at, c in reversed(places):
            f.seek(at)
            assert f.read(1) == c, (at, c)
        print(len(places), places[13:16])
    with open(name, "rb") as f:
        print(f, f.raw, f.name == name) if False else print(f.name == name, f.mode, f.raw.mode)
        print(f.read(4), f.tell(), f.peek(1)[:3], f.readline(), f.seek(-4, 2), f.read(), f.read1(10))
        f.seek(0)
        b = bytearray(6)
        print(f.readinto(b), b, f.readline(3))
    with open(name, "r+b") as f:
        print(f.read(5), f.write(b"_____"), f.tell(), f.seek(0), f.readline())
        f.seek(0, 2)
        f.write(b"tail")
        f.seek(-6, 1)
        print(f.read())
        print(f.truncate(12), f.seek(0), f.read())
    with open(name, "a") as f:
        print(f.tell(), f.write("more"))
    with open(name, "rb", buffering=0) as f:
        print(f.readall(), f.read(3), f.seek(2), f.read(3))
    for nl in (None, "", "\n", "\r", "\r\n"):
        with open(name, "w", newline=nl) as f:
            f.write("a\nb\r\nc\rd\n")
        with open(name, "rb") as f:
            print(repr(nl), f.read())
        with open(name, "wb") as f:
            f.write(b"a\nb\r\nc\rd\r\n\n")
        with open(name, newline=nl) as f:
            print(f.readlines(), f.newlines)
        with open(name, newline=nl) as f:
            print(f.read(3), f.readline(), f.read())
    for enc in ("latin-1", "ascii", "utf-16", "utf-16-le", "utf-32", "utf-8"):
        for errors in ("strict", "replace", "backslashreplace", "ignore", "xmlcharrefreplace"):
            try:
                with open(name, "w", encoding=enc, errors=errors) as f:
                    f.write("aä€\n")
                    f.write("b\n")
                with open(name, "rb") as f:
                    print(enc, errors, f.read())
            except UnicodeError as e:
                print(enc, errors, e)
    with open(name, "wb") as f:
        f.write(b"ok \xff\xfe caf\xc3\xa9 \xc3")
    for errors in ("strict", "replace", "surrogateescape", "backslashreplace", "ignore"):
        with open(name, encoding="utf-8", errors=errors) as f:
            show(f.read)
    with open(name, "w") as f:
        f.reconfigure(encoding="latin-1", newline="\r\n", line_buffering=True)
        f.write("é\n")
        print(f.encoding, f.line_buffering)
    print(open(name, "rb").read())
    for args in ((), ("x", "q"), ("x", "rw"), ("x", "rbt"), (1.5,), (None,), (-1,), (folder,), (folder + "/none",), (name, "x"), ("a\0b",),
                 (name, "rb", 0, "utf-8"), (name, "r", 0), (name, "r", -1, 5), (name, "r", -1, None, None, "z"), (name, 3), (99999,)):
        show(open, *args)
    show(open, name, closefd=False)
    show(open, name, encoding="no such encoding")
    show(open, name, errors="no such handler")
    f = open(name, "w")
    print(posix.isatty(f.fileno()), f.isatty())
    d = f.detach()
    show(f.write, "x")
    print(f)
    d.close()
    opened = []

    def opener(path, flags):
        opened.append(path.replace(folder, "FOLDER"))
        return posix.open(path, flags)

    with open(name, opener=opener) as f:
        print(opened)
finally:
    for n in posix.listdir(folder):
        posix.unlink(folder + "/" + n)
    posix.rmdir(folder)
