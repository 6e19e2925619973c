# The modules os, os.path, io, stat, errno, shutil-like work on a folder of its own.
import errno
import io
import os
import stat
import sys


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


base = f"/tmp/pyaot-os-{os.getpid()}"
os.makedirs(base + "/a/b")
os.chdir(base)
with open("a/f.txt", "w") as f:
    f.write("line one\nline two\n")
with open("a/b/g.bin", "wb") as f:
    f.write(bytes(range(10)))
print(sorted(os.listdir(".")), sorted(os.listdir("a")), os.path.getsize("a/f.txt"))
for root, dirs, files in os.walk("."):
    print(root, dirs, files)
with os.scandir("a") as it:
    print(sorted((e.name, e.is_dir(), e.is_file()) for e in it))
st = os.stat("a/f.txt")
print(stat.S_ISREG(st.st_mode), st.st_size, os.path.isdir("a"), os.path.exists("nope"), stat.filemode(0o100644))
attempt(os.stat, "nope")
attempt(os.mkdir, "a")
attempt(os.rmdir, "a")
attempt(open, "nope/x")
os.rename("a/f.txt", "a/h.txt")
os.symlink("h.txt", "a/link")
print(os.readlink("a/link"), os.path.islink("a/link"), os.path.realpath("a/link") == base + "/a/h.txt")
print(os.path.join("a", "b", "/c", "d"), os.path.split("/x/y.z"), os.path.splitext("a.tar.gz"), os.path.basename("/q/w"), os.path.normpath("a//b/../c/."))
print(os.path.relpath("/a/b", "/a/c"), os.path.commonpath(["/a/b/c", "/a/b/d"]), os.path.abspath("x") == base + "/x", os.path.expanduser("~") != "~")
print(os.path.commonprefix(["abc", "abd"]), os.path.isabs("/x"), os.path.samefile("a/h.txt", "a/link"), os.path.expandvars("$HOME_NOT_SET-x"))
os.environ["PYAOT_X"] = "v"
print(os.environ["PYAOT_X"], os.getenv("PYAOT_NONE", "dflt"), "PYAOT_X" in os.environ, os.environ.pop("PYAOT_X"))
r, w = os.pipe()
os.write(w, b"through")
os.close(w)
print(os.read(r, 100), os.close(r), os.fspath("x"), os.fsencode("é"), ascii(os.fsdecode(b"\xff")), os.sep, os.linesep, os.name, os.curdir)
attempt(os.fspath, 3)
attempt(os.close, 999)
print(errno.errorcode[errno.ENOENT], os.strerror(2), os.cpu_count() > 0, len(os.urandom(4)), os.get_terminal_size.__name__)
pid = os.fork()
if pid == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
fd = os.open("a/new", os.O_CREAT | os.O_RDWR, 0o600)
with os.fdopen(fd, "r+") as f:
    f.write("hello")
    f.seek(1)
    print(f.read(), f.tell(), f.fileno() == fd)
os.chmod("a/new", 0o400)
print(oct(os.stat("a/new").st_mode & 0o777), os.access("a/new", os.R_OK), os.umask(0o22) >= 0)
os.replace("a/new", "a/newer")
for name in ("a/link", "a/h.txt", "a/newer", "a/b/g.bin"):
    os.remove(name)
os.removedirs("a/b") if False else os.rmdir("a/b")
os.rmdir("a")
os.chdir("/")
os.rmdir(base)
print(os.path.exists(base))


b = io.BytesIO(b"abc\ndef")
print(b.readline(), b.read(), b.getvalue(), b.seek(0), list(b))
s = io.StringIO("x\r\ny", newline=None)
print(s.read(), s.tell(), io.TextIOWrapper(io.BytesIO("é".encode()), "utf-8").read(), io.DEFAULT_BUFFER_SIZE)
print(isinstance(sys.stdout, io.TextIOBase), io.open is open, issubclass(io.BytesIO, io.BufferedIOBase), io.SEEK_END)


class Raw(io.RawIOBase):
    def __init__(self):
        self.data = [b"ab", b"c", b""]

    def readable(self):
        return True

    def readinto(self, buffer):
        d = self.data.pop(0)
        buffer[: len(d)] = d
        return len(d)


print(io.BufferedReader(Raw()).read(), Raw().read())
attempt(io.StringIO("x").fileno)
