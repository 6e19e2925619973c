"""What test_complex uses of `cmath`, while the runtime has no native one (a native module of that name comes first)."""
import math


def isfinite(z):
    return math.isfinite(z.real) and math.isfinite(z.imag)


def isinf(z):
    return math.isinf(z.real) or math.isinf(z.imag)


def isnan(z):
    return math.isnan(z.real) or math.isnan(z.imag)
