"""posix: files, folders, processes, errors."""
import posix
import errno

folder = "/tmp/pyaot-posix-%d" % posix.getpid()


def show(f, *args, **kw):
    try:
        print(f.__name__, repr(f(*args, **kw)).replace(folder, "FOLDER"))
    except Exception as e:
        print(f.__name__, type(e).__name__, str(e).replace(folder, "FOLDER"))


posix.mkdir(folder)
try:
    a = folder + "/a"
    fd = posix.open(a, posix.O_RDWR | posix.O_CREAT, 0o644)
    print(posix.write(fd, b"hello world"), posix.lseek(fd, 0, 0), posix.read(fd, 5), posix.pread(fd, 3, 2), posix.pwrite(fd, b"HE", 0))
    posix.ftruncate(fd, 8)
    st = posix.fstat(fd)
    print(st.st_size, oct(st.st_mode), st.st_nlink, st[6], len(st), round(st.st_mtime) == round(st.st_mtime_ns / 1e9))
    posix.close(fd)
    show(posix.close, fd)
    posix.utime(a, ns=(1_500_000_000, 2_000_000_001))
    st = posix.stat(a)
    print(st.st_atime_ns, st.st_mtime_ns, st.st_mtime, st[8])
    posix.symlink("a", folder + "/link")
    print(posix.readlink(folder + "/link"), posix.stat(folder + "/link").st_size, posix.lstat(folder + "/link").st_size)
    posix.link(a, folder + "/hard")
    print(posix.stat(a).st_nlink, sorted(posix.listdir(folder)), sorted(posix.listdir(folder.encode())))
    posix.mkdir(folder + "/sub")
    with posix.scandir(folder) as it:
        for e in sorted(it, key=lambda e: e.name):
            print(e, e.path.replace(folder, "FOLDER"), e.is_dir(), e.is_file(), e.is_symlink(), e.is_file(follow_symlinks=False), e.stat().st_size == e.stat().st_size)
    posix.rename(a, folder + "/b")
    posix.replace(folder + "/b", folder + "/hard2")
    posix.chmod(folder + "/hard2", 0o600)
    print(oct(posix.stat(folder + "/hard2").st_mode), posix.access(folder, posix.R_OK))
    show(posix.rmdir, folder)
    show(posix.unlink, folder + "/none")
    show(posix.rename, folder + "/x", folder + "/y")
    show(posix.open, folder + "/x/y", 0)
    show(posix.stat, 1.5)
    show(posix.stat, "a\0b")
    show(posix.stat, b"/none")
    show(posix.listdir, 3.5)
    show(posix.open, None, 0)
    show(posix.mkdir, folder)
    show(posix.fspath, 3)
    show(posix.stat, 999)
    show(posix.utime, a, (1,))
    show(posix.write, 1, "text")
    show(posix.execv, "/none", [])
    show(posix.execv, "/none", ["x"])
    show(posix.putenv, "a=b", "c")
    show(posix.urandom, -1)
    show(posix.waitpid, -1, 0)
    show(posix.strerror, 2)
    show(posix._path_normpath, "/a/../b//c/./")
    show(posix._path_splitroot_ex, "//a/b")
    show(posix.waitstatus_to_exitcode, 256)
    show(posix.sysconf, "nope")
    print(len(posix.urandom(5)), posix.getpid() > 0, posix.getcwd() == posix.getcwdb().decode(), errno.errorcode[2], errno.EEXIST)
    r, w = posix.pipe()
    pid = posix.fork()
    if pid == 0:
        posix.write(w, b"from child")
        posix._exit(3)
    posix.close(w)
    print(posix.read(r, 100), posix.read(r, 100), posix.waitstatus_to_exitcode(posix.waitpid(pid, 0)[1]))
    print(posix.uname().sysname, type(posix.times()), posix.cpu_count() > 0)
    print(posix.get_inheritable(r), posix.dup2(r, 50), posix.get_inheritable(50))
finally:
    for n in posix.listdir(folder):
        (posix.rmdir if n == "sub" else posix.unlink)(folder + "/" + n)
    posix.rmdir(folder)
