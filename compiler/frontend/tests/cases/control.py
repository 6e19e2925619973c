"""Control flow: loops, exceptions, with, match."""
def loops(a):
    for i, (j, *k) in a:
        if i: continue
        elif j: break
        else: pass
    else:
        while a and not i or k:
            try:
                return i
            finally:
                if j: continue
    for x in a:
        with x as y, x:
            return y
    while True:
        try: break
        except A as e: continue
        except (B, C): raise D from e
        except: raise
        else: print(x)
        finally: x = 1
    assert x, "message"
    assert (y < x <= y is not None)
    del a[0], a.b, (i, [j])

def groups():
    try:
        f()
    except* ValueError as e:
        g(e)
    except* (TypeError, OSError):
        raise
    else:
        h()
    finally:
        i()
    try: pass
    except A, B: pass

def patterns(subject):
    match subject:
        case 0 | -1 | 1.5 | 1 - 2j | "s" "t" | b"x" | None | True: return "literal"
        case module.CONST: return 1
        case [a, 2, *_, b] if a: return a
        case (c, *d): return c, d
        case {"k": 1, -2: e, module.KEY: [*f], **rest}: return rest
        case {}: return {}
        case Point(0, y=1 as z) | Point(z, y=2): return z
        case [Point(x=p), (q as r)] | (r, {1: p, "q": q}): return p, q, r
        case str() as s: return s
        case other: return other
    match subject, 1:
        case _: pass
