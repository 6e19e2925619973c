"""What is thrown into a generator gets no context from what the caller handles."""
import sys
def fin():
    yield 1
def ctx(e): return repr(e), repr(e.__context__)
g = fin()
try: 1/0
except ZeroDivisionError:
    try: g.throw(ValueError("new"))
    except ValueError as e: print(ctx(e))
    try: g.throw(ValueError("done"))
    except ValueError as e: print(ctx(e))
    try: g.throw(ValueError)
    except ValueError as e: print(ctx(e))
g = fin(); next(g)
try: 1/0
except ZeroDivisionError:
    try: g.throw(ValueError("mid"))
    except ValueError as e: print(ctx(e))
async def c(): pass
k = c()
try: 1/0
except ZeroDivisionError:
    try: k.throw(ValueError("co"))
    except ValueError as e: print(ctx(e))
async def ag():
    yield 1
a = ag()
try: 1/0
except ZeroDivisionError:
    try: a.athrow(ValueError("ag")).send(None)
    except ValueError as e: print(ctx(e))
a = ag()
try: a.asend(None).send(None)
except StopIteration as e: print(e.value)
try: 1/0
except ZeroDivisionError:
    try: a.athrow(ValueError("ag")).send(None)
    except ValueError as e: print(ctx(e))
def deleg():
    yield from fin()
g = deleg(); next(g)
try: 1/0
except ZeroDivisionError:
    try: g.throw(ValueError("del"))
    except ValueError as e: print(ctx(e))
def closing():
    try: yield
    except GeneratorExit as e: print(ctx(e)); raise
g = closing(); next(g)
try: 1/0
except ZeroDivisionError: g.close()
