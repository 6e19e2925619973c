# Locks, recursive locks and thread-local data, as far as one thread can see them.
import _thread


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except BaseException as e:
        print(type(e).__name__, e)


lock = _thread.allocate_lock()
print(lock, lock.locked())
with lock as got:
    print(got, lock.locked(), lock)
    attempt(lock.acquire, False)
    attempt(lock.acquire, timeout=0.01)
attempt(lock.release)
attempt(lock.acquire, True, -2)
attempt(lock.acquire, False, 1)
attempt(lock.acquire, True, float("nan"))
attempt(lock.acquire, True, 1e300)
attempt(lock.acquire, True, "a")
attempt(lock.acquire, 1, 2, 3)
attempt(lock.acquire, x=3)
attempt(_thread.lock, 1)
attempt(lambda: type("X", (_thread.lock,), {}))
print(_thread.LockType is _thread.lock, _thread.error is RuntimeError, _thread.TIMEOUT_MAX)

r = _thread.RLock()
attempt(r.release)
with r, r:
    print(r._is_owned(), r._recursion_count(), r.locked())
    saved = r._release_save()
    print(saved[0], saved[1] == _thread.get_ident(), r._is_owned())
    r._acquire_restore(saved)
    print(r._recursion_count())
attempt(r._release_save)
attempt(r._acquire_restore, 1)
attempt(r._acquire_restore, (1, 2, 3))


class Local(_thread._local):
    def __init__(self, *args, **kwargs):
        self.args = args
        self.kwargs = kwargs


v = Local(1, b=2)
v.extra = [3]
print(v.__dict__, v.extra)
attempt(setattr, v, "__dict__", {})
attempt(getattr, v, "nope")
attempt(delattr, v, "nope")
del v.extra
print(v.__dict__)
attempt(_thread._local, 1)
attempt(_thread.stack_size, 1)
attempt(_thread.exit)
attempt(_thread.interrupt_main, 999)
args = _thread._ExceptHookArgs((ValueError, ValueError("v"), None, None))
print(args)
attempt(_thread._excepthook, 1)
