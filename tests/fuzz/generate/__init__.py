"""Random programs: one case is a handful of classes and functions and a `caseN()` that uses them.

Programs end and stay small by construction. Callables have ranks and call only lower ones; loops have few rounds; whatever
makes ints longer adds a bounded number of bits; joined texts and lists are cut; what is wrong on purpose is never of a kind
that could grow. Everything else is free: overflow, missing names, wrong types, rebinding in the middle of a loop.
"""
from rand import Rand

from .declarations import Declarations
from .disturbances import Disturbances
from .expressions import Expressions
from .known_loops import KnownLoops
from .shapes import THEMES
from .statements import Statements


class Case(Declarations, Expressions, Statements, KnownLoops, Disturbances):
    """`text` is the whole source of case `number`; the same `seed` gives the same text.

    A small case has a fifth of the lines: at most one function or class, which is used, or up to three generators and a loop over
    them, and flat expressions. It costs a twentieth of the compile time, so that many of them can be run wherever the tests run.
    """

    def __init__(self, seed, number, small=False):
        self.r = Rand(seed)
        self.number = number
        self.small = small
        r = self.r
        self.theme = THEMES[r.pick(sorted(THEMES))]
        self.ill = r.weighted([(55, 0), (30, 2), (15, 8)])
        self.chaos = r.weighted([(45, 0), (35, 8), (20, 22)])
        self.limit = r.pick([2**61, 2**62, 2**63, 2**64, 2**66, 10**30])
        self.functions = []
        self.classes = []
        self.globals = {"int": [], "ints": [], "dict": [], "float": []}
        self.used_rounds = 0
        self.lines = []
        self.make()
        self.text = "\n".join(self.lines) + "\n"

    def name(self, text):
        return "%s_%d" % (text, self.number)

    def emit(self, scope):
        self.lines += scope.lines
