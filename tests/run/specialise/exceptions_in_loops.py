"""Exceptions raised and caught in one function, in loops, through finally, and looked at."""
import sys


def many(values):
    out = []
    for v in values:
        try:
            if v < 0:
                raise ValueError(v)
            out.append(10 // v)
        except ValueError as e:
            out.append(("negative", e.args[0]))
        except ZeroDivisionError as e:
            out.append(str(e))
        except TypeError as e:
            out.append(type(e).__name__)
        finally:
            out.append("|")
    return out


print(many([1, 0, -5, 3, "a", None, 2.5]))


def name_is_deleted():
    for i in range(2):
        try:
            raise KeyError(i)
        except KeyError as e:
            pass
        try:
            print(e)
        except UnboundLocalError as u:
            print(u)


name_is_deleted()


def context():
    try:
        try:
            raise ValueError("first")
        except ValueError:
            raise KeyError("second")
    except KeyError as e:
        return repr(e.__context__), e.__cause__, e.__suppress_context__


print(context())


def handled():
    out = [sys.exc_info()[0]]
    for i in range(2):
        try:
            raise IndexError(i)
        except IndexError:
            out.append(sys.exc_info()[1].args)
            try:
                raise KeyError
            except KeyError:
                out.append(sys.exception().__context__.args)
            out.append(sys.exception().args)
        out.append(sys.exception())
    return out


print(handled())


def lines(n):
    out = []
    for i in range(n):
        try:
            deeper(i)
        except Exception as e:
            tb = e.__traceback__
            while tb:
                out.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
                tb = tb.tb_next
    return out


def deeper(i):
    if i == 0:
        raise ValueError
    if i == 1:
        return [][i]
    if i == 2:
        return {}[i]
    return 1 + "a"


print(lines(4))


def finally_wins():
    for i in range(3):
        try:
            if i == 1:
                raise ValueError
            continue
        except ValueError:
            return "returned"
        finally:
            print("finally", i)


print(finally_wins())


def swallowed():
    for i in range(3):
        try:
            try:
                raise ValueError(i)
            finally:
                if i < 2:
                    raise KeyError(i)
        except KeyError as e:
            print("key", e, repr(e.__context__))
        except ValueError as e:
            print("value", e)


swallowed()


class Error(Exception):
    def __init__(self, code, *args):
        super().__init__(code, *args)
        self.code = code


class Special(Error):
    def __init__(self, code):
        super().__init__(code, "special")
        self.more = code * 2


def hierarchy(n):
    out = []
    for i in range(n):
        try:
            raise (Error(i) if i % 2 else Special(i))
        except Special as e:
            out.append((e.code, e.more, e.args))
        except Error as e:
            out.append((e.code, str(e)))
        if i == 3:
            Special.__init__ = lambda self, code: setattr(self, "code", "patched") or setattr(self, "more", None)
    return out


print(hierarchy(6))


def reraised(n):
    def inner(i):
        try:
            raise ValueError(i)
        except ValueError as e:
            if i % 2:
                raise
            raise RuntimeError("from") from e
    out = []
    for i in range(n):
        try:
            inner(i)
        except (ValueError, RuntimeError) as e:
            out.append((type(e).__name__, str(e), repr(e.__cause__)))
    return out


print(reraised(3))


def unbound(n):
    out = []
    for i in range(n):
        try:
            out.append(late)
        except UnboundLocalError as e:
            out.append(str(e))
        late = i
        if i == 1:
            del late
    return out


print(unbound(4))


class Kept:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("del", self.n)


def lifetimes():
    for i in range(2):
        k = Kept(i)
        try:
            raise ValueError
        except ValueError as e:
            saved = e
        print("caught", i)
    k = None
    print("end")
    saved = None
    print("returning")


lifetimes()


def through_frames():
    def a(k):
        kept = Kept(k)
        b()
        return kept

    def b():
        raise OSError("b")
    for i in range(2):
        try:
            a("frame%d" % i)
        except OSError as e:
            print("handler", e)
        print("after handler")


through_frames()


def chosen(kinds):
    out = []
    for kind in kinds:
        try:
            try:
                raise KeyError("k")
            except kind:
                out.append("caught")
        except Exception as e:
            out.append(type(e).__name__ + ": " + str(e))
    return out


print(chosen([KeyError, ValueError, (ValueError, LookupError), Exception, (), 5, "x", (KeyError, 5), int]))
