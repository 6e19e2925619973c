"""What a case is made of: tables of values and names, and what is known about a callable, a class and a body in the making."""
EDGES = [2**31, 2**32, 2**53, 2**59, 2**60, 2**61, 2**62, 2**63, 2**64, 2**65, 10**18, 10**19]
FLOATS = ["0.0", "-0.0", "0.5", "1.5", "-2.25", "0.1", "1e-3", "3.0", "1e16", "9007199254740992.0", "4611686018427387904.0",
          "1e300", "-1e308", "5e-324", "2.2250738585072014e-308", "1e77", "1e-80", "float('inf')", "float('nan')", "7.75"]
TEXTS = ["''", "'a'", "'key'", "'Zebra'", "'x y'", "'12'", "'-7'", "'ß'", "'naïve'", "'\\u20ac5'", "'\\U0001f600!'", "'a,b,,c'", "'\\n'", "'tail '"]
# What stands where another kind is expected. None of these can be added to itself without end.
ALIENS = ["None", "1.5", "True", "set()", "{}", "1j", "range(3)", "int", "Ellipsis"]
METHODS = ["step", "value", "mix", "test"]
CONDITION_ERRORS = ["ZeroDivisionError", "ValueError", "KeyError", "IndexError", "TypeError", "AttributeError", "OverflowError",
                    "NameError", "UnboundLocalError", "ArithmeticError", "LookupError", "StopIteration", "RuntimeError", "Exception"]
KINDS = ["int", "float", "str", "bool", "ints", "dict", "tuple", "obj", "set"]
THEMES = {
    "ints": {"int": 12, "float": 1, "str": 1, "bool": 2, "ints": 2, "dict": 1, "tuple": 1, "obj": 1, "set": 0},
    "numbers": {"int": 6, "float": 8, "str": 0, "bool": 2, "ints": 1, "dict": 0, "tuple": 1, "obj": 1, "set": 0},
    "containers": {"int": 4, "float": 1, "str": 2, "bool": 1, "ints": 7, "dict": 6, "tuple": 3, "obj": 1, "set": 3},
    "objects": {"int": 5, "float": 2, "str": 1, "bool": 1, "ints": 2, "dict": 1, "tuple": 1, "obj": 9, "set": 0},
    "texts": {"int": 3, "float": 1, "str": 9, "bool": 1, "ints": 1, "dict": 2, "tuple": 1, "obj": 1, "set": 1},
    "all": {"int": 4, "float": 3, "str": 3, "bool": 2, "ints": 3, "dict": 3, "tuple": 2, "obj": 3, "set": 1},
}
PREFIX = {"int": "n", "float": "x", "str": "s", "bool": "b", "ints": "a", "dict": "d", "tuple": "t", "obj": "o", "set": "z"}


class Function:
    """What a caller knows: `kinds` of positional parameters, how many have defaults, keyword-only names, rank, result kind.

    `yields` says of a producer (known_loops.py) whether it gives items or pairs, `stage` that it loops over its first argument.
    """

    def __init__(self, name, kinds, defaults, keywords, rank, result, generator=False, free=0):
        self.name, self.kinds, self.defaults, self.keywords = name, kinds, defaults, keywords
        self.rank, self.result, self.generator, self.free = rank, result, generator, free
        self.yields, self.stage = None, False


class Class:
    def __init__(self, name, fields, base, slots):
        self.name, self.fields, self.base, self.slots = name, fields, base, slots
        self.methods, self.has = {}, set()

    def every_field(self):
        return (self.base.every_field() if self.base else []) + self.fields


class Scope:
    """A function body in the making."""

    def __init__(self, case, rank, indent, owner=None):
        self.case, self.rank, self.indent, self.owner = case, rank, indent, owner
        self.lines = []
        self.names = {kind: [] for kind in KINDS}
        self.loops = 0
        self.rounds = 1
        self.generator = False
        self.counter = 0
        self.iterated = []
        self.inner = []
        self.result = None
        self.fixed = set()
        self.loop_variable = None
        self.writable = set()
        # Whether a `continue` may leave out the rest of the loop's body.
        self.continues = True

    def fresh(self, prefix):
        self.counter += 1
        return "%s%d" % (prefix, self.counter)

    def put(self, text):
        self.lines.append("    " * self.indent + text)
