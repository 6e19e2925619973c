"""Threads that cannot be started: what the listed tests need of `threading` at import, while `_thread` starts none.
"""
import _thread
from _thread import RLock, allocate_lock as Lock, get_ident

if hasattr(_thread, "start_joinable_thread"):
    raise ImportError("the library's threading works: remove this stand-in")

_size = 0


def stack_size(size=0):
    global _size
    old, _size = _size, size
    return old


class Thread:
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        self.name = name or "Thread"
        self.daemon = bool(daemon)

    def start(self):
        raise RuntimeError("can't start new thread")

    def join(self, timeout=None):
        raise RuntimeError("cannot join thread before it is started")

    def is_alive(self):
        return False


class Event:
    def __init__(self):
        self.flag = False

    def is_set(self):
        return self.flag

    def set(self):
        self.flag = True


class Barrier:
    def __init__(self, parties, action=None, timeout=None):
        self.parties = parties


class local:
    pass


_main = Thread(name="MainThread")


def current_thread():
    return _main


main_thread = current_thread


def active_count():
    return 1
