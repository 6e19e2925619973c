def pairs(src):
    prev = None
    for v in src:
        if prev is not None:
            yield prev, v
        prev = v


def delegate(it):
    return (yield from it)
