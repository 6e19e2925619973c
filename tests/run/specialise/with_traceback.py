"""`with` over one class whose `__exit__` looks at its traceback, at frames and at `sys.exc_info`."""
import sys
import traceback


class Reader:
    def __init__(self, out):
        self.out = out

    def __enter__(self):
        return self

    def __exit__(self, kind, exc, tb):
        if tb is not None:
            lines = traceback.extract_tb(tb)
            print(len(lines), [(line.name, line.line) for line in lines])
            print(tb is exc.__traceback__, sys.exc_info()[1] is exc, sys.exc_info()[2] is tb)
            print(sys._getframe(1).f_code.co_name, sys._getframe(1) is tb.tb_frame)
            self.out.append(tb)
        return kind is not KeyError


def swallowed(reader):
    for i in range(3):
        with reader:
            deeper(i)


def passed(reader):
    try:
        with reader:
            {}[reader]
    except KeyError as e:
        print(e.__traceback__ is reader.out[-1], [f.name for f in traceback.extract_tb(e.__traceback__)])


def deeper(i):
    if i:
        return deeper(i - 1)
    raise OSError(i)


def replaced(reader):
    """The exception loses its traceback within the body."""
    with reader:
        try:
            raise OSError("first")
        except OSError as e:
            raise e.with_traceback(None)


def nested(reader):
    with reader:
        with reader:
            raise KeyError("inner")
        print("never")


def exits(reader):
    try:
        with reader:
            nested(reader)
    except KeyError as e:
        print("out", e)


out = []
swallowed(Reader(out))
passed(Reader(out))
replaced(Reader(out))
exits(Reader(out))
print(len(out))
