"""Imports and names."""
from __future__ import annotations
import a, b.c, d.e.f as g, h as i
from . import j
from ..k.l import (m as n, o,)
from p import *
def annotated(x: a.b[c, "d"] | None = 1, *y: *z, w: lambda q, /, r=1, *, s: (q, r)) -> f"{x!r:>{y}}": ...
variable: {1: [2, -3.5], **x}[1:2, ::3] if not y else (yield_, *z)
i.j: int
