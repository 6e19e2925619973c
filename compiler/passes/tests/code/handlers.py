def caught(f):
    try:
        r = f()
    except ValueError as e:
        return e
    finally:
        f = None
    return r
