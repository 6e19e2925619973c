"""`sum` of floats and ints: both are compensated; what `int` says of too many arguments."""


class I(int): pass
print(sum([9007199254740992.0, 1, 1]), sum([9007199254740992.0, True, True]), sum([9007199254740992.0, I(1), I(1), 1.0]), sum([9007199254740992.0, 1, 1, 2**62, 1,1]), sum([1e16, 2**70, 1.0,1.0]))
f = int
for a in ((1,2,3),(1,2,3,4)):
    try: print(f(*a))
    except TypeError as e: print(e)
try: I(1,2,3)
except TypeError as e: print(e)
print(sum([4611686018427387904.0, 2123, -36893488147419103233]), sum([2**80, 0.5, 2**90, -2**90, 3]))
for items in ([1.5, 10**400], [1.5, -10**400, 2], [1.5, "a"]):
    try: print(sum(items))
    except (OverflowError, TypeError) as e: print(repr(e))
