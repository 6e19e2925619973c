"""A small `test.support.threading_helper`."""
import unittest

from test.support import manager, wraps


def _can_start_thread():
    try:
        import threading

        threading.Thread(target=int).start()
    except (ImportError, RuntimeError):
        return False
    return True


can_start_thread = _can_start_thread()


def requires_working_threading(*, module=False):
    if not module:
        return unittest.skipUnless(can_start_thread, "requires threads")
    if not can_start_thread:
        raise unittest.SkipTest("requires threads")


def threading_setup():
    import _thread

    return (_thread._count(),)


def threading_cleanup(count):
    import _thread
    import time

    end = time.monotonic() + 1.0
    while _thread._count() > count and time.monotonic() < end:
        time.sleep(0.01)


def reap_threads(function):
    @wraps(function)
    def wrapper(*args):
        key = threading_setup()
        try:
            return function(*args)
        finally:
            threading_cleanup(*key)

    return wrapper


def join_thread(thread, timeout=30.0):
    thread.join(timeout)
    if thread.is_alive():
        raise AssertionError("failed to join the thread in %.1f seconds" % timeout)


@manager
def start_threads(threads, unlock=None):
    started = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
        yield
    finally:
        if unlock:
            unlock()
        for thread in started:
            join_thread(thread, 60.0)


def run_concurrently(worker_func, nthreads=None, args=(), kwargs={}):
    """Calls `worker_func` in several threads at once; raises what one of them raised."""
    import threading

    workers = list(worker_func) if nthreads is None else [worker_func] * nthreads
    barrier = threading.Barrier(len(workers))
    errors = []

    def run(function):
        try:
            barrier.wait()
            function(*args, **kwargs)
        except BaseException as e:
            errors.append(e)

    with start_threads([threading.Thread(target=run, args=(w,)) for w in workers]):
        pass
    if errors:
        raise errors[0]
