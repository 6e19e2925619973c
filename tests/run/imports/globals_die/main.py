"""Globals of modules without functions die as `sys.modules` lets the modules go."""
m0 = 1
from hh import D
m1 = D("m1")
import hh, gg
m2 = [D("m2a"), D("m2b")]
m3 = D("m3"); m3.x = D("m3.x")
