"""What atexit and __del__ of globals print at the end, and in which order."""
import atexit
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


a = Noisy("a")
_private = Noisy("_private")
b = Noisy("b")
cycle = Noisy("cycle")
cycle.me = cycle


@atexit.register
def last():
    print("atexit last", sys.is_finalizing())


def fails():
    raise ValueError("in callback")


atexit.register(fails)
atexit.register(print, "atexit", "args", sep="-")
print("body ends")
sys.exit(7)
