"""Signals: handlers at polls, KeyboardInterrupt."""
import _signal
import posix

got = []
old = _signal.signal(_signal.SIGUSR1, lambda n, f: got.append(n))
print(old, _signal.getsignal(_signal.SIGUSR1) is not None)
posix.kill(posix.getpid(), _signal.SIGUSR1)
while not got:
    pass
print(got == [_signal.SIGUSR1])
try:
    posix.kill(posix.getpid(), _signal.SIGINT)
    while True:
        pass
except KeyboardInterrupt:
    print("interrupted")


def bad(n, f):
    raise ValueError("in handler")


_signal.signal(_signal.SIGALRM, bad)
try:
    _signal.setitimer(_signal.ITIMER_REAL, 0.01)
    while True:
        pass
except ValueError as e:
    print(e)
print(_signal.getsignal(_signal.SIGINT) is _signal.default_int_handler, _signal.strsignal(2))
for args in ((0, 1), (2, "x"), (9, _signal.SIG_IGN)):
    try:
        _signal.signal(*args)
    except Exception as e:
        print(type(e).__name__, e)
