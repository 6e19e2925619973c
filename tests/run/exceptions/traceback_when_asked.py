# Tracebacks and frames that are made only when somebody looks: what they show, and how long values live.
import gc
import sys
import traceback


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


def chain(tb):
    out = []
    while tb is not None:
        f = tb.tb_frame
        # (What the first frame has in its registers is not shown: it may still run.)
        locals = sorted(f.f_locals)[:6] if out else []
        out.append((f.f_code.co_name, tb.tb_lineno, locals))
        tb = tb.tb_next
    return out


def leaf(x):
    keep = Noisy("leaf %s" % x)
    y = x * 2
    raise ValueError(y)


def middle(x):
    first = Noisy("middle %s" % x)
    try:
        leaf(x + 1)
    finally:
        z = x
        x = None


def lifetimes():
    print("-- lifetimes")
    try:
        middle(1)
    except ValueError as e:
        print("handling", e.args)
    print("after")
    saved = None
    try:
        middle(5)
    except ValueError as e:
        saved = e
    print("kept")
    print(chain(saved.__traceback__)[1:])
    saved.__traceback__ = None
    print("dropped")
    try:
        middle(7)
    except ValueError as e:
        saved = e
    print(saved.with_traceback(None) is saved)
    print("with none")
    del saved


lifetimes()


def look_later():
    print("-- look later")
    kept = []
    for i in range(3):
        try:
            try:
                int("x%d" % i)
            except ValueError as inner:
                raise KeyError(i) from inner
        except KeyError as e:
            kept.append(e)
    for e in kept:
        print(chain(e.__traceback__), chain(e.__cause__.__traceback__), e.__context__ is e.__cause__, e.__suppress_context__)
    again = kept[0].__traceback__
    print(again is kept[0].__traceback__, again.tb_frame is kept[0].__traceback__.tb_frame)
    try:
        raise kept[0]
    except KeyError as e:
        print(len(chain(e.__traceback__)), e.__traceback__.tb_next is again)
    try:
        raise kept[1].with_traceback(again)
    except KeyError as e:
        print(len(chain(e.__traceback__)), e.__traceback__.tb_next is again)


look_later()


def thrice(n):
    try:
        if n == 0:
            raise RuntimeError("bottom")
        thrice(n - 1)
    except RuntimeError as e:
        if n == 2:
            e.add_note("seen")
        raise


def printed():
    print("-- printed")
    try:
        thrice(3)
    except RuntimeError:
        print(traceback.format_exc().replace(__file__, "here"))
    try:
        try:
            {}["k"]
        except KeyError:
            raise LookupError("none") from None
    except LookupError:
        print(traceback.format_exc().replace(__file__, "here"))
    try:
        try:
            1 / 0
        finally:
            [][3]
    except IndexError:
        print(traceback.format_exc().replace(__file__, "here"))


printed()


def seen_by_callee():
    e = sys.exception()
    info = sys.exc_info()
    print(type(e).__name__, info[0] is type(e), info[1] is e, info[2] is e.__traceback__, [c[0] for c in chain(info[2])])


def handlers():
    print("-- handlers")
    try:
        leaf(1)
    except ValueError as e:
        seen_by_callee()
        try:
            raise TypeError("second")
        except TypeError as f:
            seen_by_callee()
            print(f.__context__ is e)
        seen_by_callee()
    print(sys.exception())
    try:
        e
    except UnboundLocalError as u:
        print(u)


handlers()


def cycles():
    print("-- cycles")

    def holder():
        thing = Noisy("in a cycle")
        me = None
        try:
            raise ValueError("cyclic")
        except ValueError as e:
            me = e
        if me is not None:
            raise me

    try:
        holder()
    except ValueError as e:
        print(len(chain(e.__traceback__)))
    print("collecting")
    gc.collect()

    def unseen():
        thing = Noisy("in an unseen cycle")
        me = None
        try:
            raise ValueError("cyclic")
        except ValueError as e:
            me = e
        raise me

    try:
        unseen()
    except ValueError:
        pass
    print("collecting")
    gc.collect()
    print("collected")


cycles()


def generator(n):
    held = Noisy("generator %d" % n)
    try:
        for i in range(n):
            yield i
        raise OSError("ran dry")
    finally:
        print("closing")


def generators():
    print("-- generators")
    try:
        for i in generator(2):
            pass
    except OSError as e:
        print([c[:2] for c in chain(e.__traceback__)])
    g = generator(3)
    next(g)
    try:
        g.throw(ZeroDivisionError("thrown"))
    except ZeroDivisionError as e:
        print([c[:2] for c in chain(e.__traceback__)])
    del g

    def ends():
        yield 1
        return 5

    it = ends()
    next(it)
    try:
        next(it)
    except StopIteration as e:
        print(e.value, e.args, chain(e.__traceback__)[0][0])
    try:
        next(it)
    except StopIteration as e:
        print(e.value, e.args)
    try:
        next(iter(()))
    except StopIteration as e:
        print(repr(e), e.value, e.args)


generators()


def frames():
    print("-- frames")
    try:
        leaf(3)
    except ValueError as e:
        f = sys._getframe()
        print(e.__traceback__.tb_frame is f, f.f_code.co_name)
        inner = e.__traceback__.tb_next.tb_frame
        print(inner.f_locals["y"], inner.f_locals["keep"].name, inner is f)
        inner.clear()
        print(inner.f_locals.get("y"))
        del inner, f
    try:
        f = sys._getframe()
        raise ValueError("in a frame that is known")
    except ValueError as e:
        print(e.__traceback__.tb_frame is f)
    del f


frames()


class Mine(Exception):
    pass


class Tuned(Mine):
    def __new__(cls, *args):
        self = super().__new__(cls, "new", *args)
        self.made = True
        return self


class Kept(Mine):
    def __init__(self, code, *rest):
        print(self.args)
        super().__init__(code)
        self.code = code


def classes():
    print("-- classes")
    for make in (lambda: Mine(), lambda: Mine(1, "a"), lambda: Tuned(3), lambda: Kept(4, 5), lambda: Mine(a=1), lambda: StopIteration(7, 8),
                 lambda: ValueError(), lambda: KeyError("k"), lambda: NameError("n", name="x"), lambda: Kept(), lambda: OSError(2, "gone")):
        try:
            raise make()
        except Exception as e:
            print(type(e).__name__, e, e.args, e.__dict__, getattr(e, "value", None), getattr(e, "name", None))
    e = Mine("x")
    Mine.__init__(e, 1, 2, 3)
    print(e.args)
    try:
        Mine.__init__(3)
    except TypeError as t:
        print(t)
    try:
        e.__init__(a=2)
    except TypeError as t:
        print(t)


classes()


def texts():
    print("-- texts")
    for text in ("x3", "", " 12 x", "it's", 'say "hi"', "tab\t", "back\\slash", "\u00e9t\u00e9", "z" * 197, "z" * 198, "z" * 199, "z" * 300):
        for base in (10, 2, 36, 0):
            try:
                int(text, base) if base != 10 else int(text)
            except ValueError as e:
                print(base, e)


texts()


def groups():
    print("-- groups")
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
    except* ValueError as g:
        print(g.exceptions, len(chain(g.__traceback__)))
    except* TypeError as g:
        print(g.exceptions, len(chain(g.__traceback__)))


groups()


def many_locals():
    print("-- many locals")

    def big(n):
        a = b = c = d = e = f = g = h = i = j = k = l = m = n
        if n:
            raise ValueError(a)

    def bigger(n):
        a = b = c = d = e = f = g = h = i = j = k = l = m = o = p = q = r = s = t = u = v = w = x = y = z = n
        a1 = b1 = c1 = d1 = e1 = Noisy("bigger")
        big(n)

    try:
        bigger(3)
    except ValueError as err:
        tb = err.__traceback__.tb_next
        print(len(tb.tb_frame.f_locals), len(tb.tb_next.tb_frame.f_locals))
    try:
        tb = None
        bigger(3)
    except ValueError as err:
        print("unseen")


many_locals()


def monkey():
    print("-- monkey")
    real = Kept.__init__
    for i in range(6):
        if i == 2:
            Kept.__init__ = lambda self, *a: setattr(self, "code", "patched")
        if i == 4:
            del Kept.__init__
        try:
            raise Kept(i)
        except Mine as e:
            print(i, e.args, getattr(e, "code", None))
    Kept.__init__ = real
    for i in range(4):
        if i == 2:
            Mine.__init__ = lambda self, *a: print("base", a)
        try:
            raise Kept(i)
        except Mine as e:
            print(e.args)
    del Mine.__init__


monkey()
