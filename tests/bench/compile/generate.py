"""A Python program of any length in the style of real code, for measuring compile time.

usage: generate.py SEED LINES > program.py

Classes with methods and properties, plain functions of 5 to 40 lines, loops, dict and str work, try/except, comprehensions, f-strings,
generators, defaults and keywords; each function is called by the program's end, so the program also runs (and prints a checksum). The
same seed gives the same program; a longer program begins like a shorter one.
"""
import random
import sys

WORDS = """account batch buffer cache client config cursor delta entry event field filter frame graph group handle header index item job key
label layer limit line link list log mask match matrix merge message meter name node offset option order packet page parser path pattern
payload period point pool port prefix queue record region report request result route row rule sample schema score segment sensor
series session shape signal size slot source span stack stage state status step store stream string style table tag task text tile timer
token total track trace tree unit update user value vector version weight window worker zone""".split()
VERBS = """add apply build check clean collect combine compute convert copy count decode describe emit encode evaluate expand fetch fill
filter find fold format gather group handle insert join load lookup make map measure merge move normalise parse pick place plan print
process push read reduce refresh remove render reset resolve route save scan score select send sort split store sum sync trim update
validate visit walk wrap write""".split()


class Writer:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.lines = []
        self.used = set()
        # Steps that the function being written takes at most, and by how many loops the place is multiplied.
        self.cost = 0
        self.times = 1
        # Functions of the module: name, number of int parameters, name of a keyword parameter or None, cost.
        self.functions = []
        # Classes: name, methods that take one int, cost of the dearest.
        self.classes = []

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def name(self, *parts):
        name = "_".join(self.rng.choice(part) for part in parts)
        n = 2
        fresh = name
        while fresh in self.used:
            fresh, n = f"{name}_{n}", n + 1
        self.used.add(fresh)
        return fresh

    def word(self):
        return self.rng.choice(WORDS)

    # ---- expressions over ints ----

    def number(self, names, depth=0):
        r = self.rng
        kind = r.randrange(9 if depth < 2 else 3)
        if kind <= 1 and names:
            return r.choice(names)
        if kind <= 2:
            return str(r.choice([0, 1, 2, 3, 5, 7, 8, 10, 16, 31, 64, 100, 255, 1000]))
        a, b = self.number(names, depth + 1), self.number(names, depth + 1)
        if kind == 3:
            return f"({a} + {b})"
        if kind == 4:
            return f"({a} - {b})"
        if kind == 5:
            return f"({a} * {b}) % {r.choice([97, 251, 1009, 4099])}"
        if kind == 6:
            return f"({a} ^ {b}) & 1023"
        if kind == 7:
            return f"max({a}, {b})"
        if self.functions and r.random() < 0.7:
            name, n, keyword, cost = r.choice(self.functions[-40:])
            # Else the costs of calls would multiply up.
            if cost * self.times > 2000:
                return r.choice(names)
            self.cost += cost * self.times
            args = [self.number(names, 2) for _ in range(n)]
            if keyword and r.random() < 0.4:
                args.append(f"{keyword}={r.randrange(9)}")
            return f"{name}({', '.join(args)})"
        return f"abs({a} - {b})"

    def condition(self, names):
        r = self.rng
        a = r.choice(names)
        return r.choice([
            f"{a} > {r.randrange(100)}",
            f"{a} % {r.choice([2, 3, 5])} == {r.randrange(2)}",
            f"{a} < {self.number(names, 1)}",
            f"{a} and {r.choice(names)} != {r.randrange(9)}",
            f"not {a} & {r.choice([1, 2, 4])}",
        ])

    # ---- statements ----

    def block(self, depth, names, n, loops=0):
        """n statements or so; names that are ints grow with the block."""
        names = list(names)
        r = self.rng
        start = len(self.lines)
        while n > 0:
            self.cost += 2 * self.times
            kind = r.randrange(14)
            new = self.word()
            while new in names or new == "list":
                new = self.word() + r.choice("_abc")
            if kind <= 2:
                self.line(depth, f"{new} = {self.number(names)}")
                names.append(new)
            elif kind == 3:
                self.line(depth, f"{r.choice(names)} {r.choice(['+=', '-=', '^='])} {self.number(names, 1)}")
            elif kind == 4 and n > 2:
                self.line(depth, f"if {self.condition(names)}:")
                self.block(depth + 1, names, r.randint(1, 2), loops)
                n -= 2
                if r.random() < 0.5:
                    self.line(depth, "else:")
                    self.block(depth + 1, names, 1, loops)
                    n -= 2
            elif kind == 5 and loops < 2 and n > 3:
                i = "ijk"[loops]
                self.line(depth, f"for {i} in range({r.randint(2, 6)}):")
                self.times *= 6
                self.block(depth + 1, [*names, i], r.randint(2, 3), loops + 1)
                self.times //= 6
                n -= 3
            elif kind == 6:
                self.line(depth, f"{new}_items = [{self.number([*names, 'x'], 1)} for x in range({r.randint(2, 9)}) if x % 2 == {r.randrange(2)}]")
                self.line(depth, f"{new} = sum({new}_items) + len({new}_items)")
                names.append(new)
                n -= 1
            elif kind == 7:
                a, b = r.choice(names), r.choice(names)
                self.line(depth, f"{new}_text = f\"{self.word()}={{{a}}} {self.word()}:{{{b}:>4}}\"")
                self.line(depth, f"{new} = len({new}_text.split()) + {new}_text.count({r.choice('aeiou')!r})")
                names.append(new)
                n -= 1
            elif kind == 8 and n > 3:
                table = f"{new}_by_{self.word()}"
                self.line(depth, f"{table} = {{}}")
                self.line(depth, f"for word in ({', '.join(repr(self.word()) for _ in range(r.randint(3, 5)))}):")
                self.line(depth + 1, f"{table}[word] = {table}.get(word, 0) + {self.number(names, 1)}")
                self.line(depth, f"{new} = sum(value for value in {table}.values() if value > 0)")
                names.append(new)
                n -= 3
            elif kind == 9 and n > 4:
                self.line(depth, "try:")
                self.line(depth + 1, f"{new} = {self.number(names, 1)} // ({r.choice(names)} % {r.randint(2, 4)})")
                self.line(depth, "except ZeroDivisionError:")
                self.line(depth + 1, f"{new} = {self.number(names, 1)}")
                names.append(new)
                n -= 3
            elif kind == 10 and n > 2:
                self.line(depth, f"{new}, {new}_rest = divmod({self.number(names, 1)}, {r.randint(2, 9)})")
                names.append(new)
            elif kind == 11 and self.classes and n > 2:
                cls, methods, cost = r.choice(self.classes[-12:])
                if cost * self.times > 2000:
                    continue
                self.cost += cost * self.times
                self.line(depth, f"{new}_box = {cls}({r.choice(names)}, {r.randrange(50)})")
                self.line(depth, f"{new} = {new}_box.{r.choice(methods)}({r.choice(names)}) + {new}_box.level")
                names.append(new)
                n -= 1
            elif kind == 12 and n > 2:
                self.line(depth, f"{new}_pairs = sorted(((a * {r.randrange(2, 9)}) % 11, a) for a in range({r.randint(3, 6)}))")
                self.line(depth, f"{new} = {new}_pairs[0][1] + {new}_pairs[-1][0]")
                names.append(new)
                n -= 1
            elif n > 2:
                self.line(depth, f"{new} = {r.choice(names)}")
                self.line(depth, f"while {new} > {r.randrange(9)}:")
                self.line(depth + 1, f"{new} //= {r.randint(2, 5)}")
                names.append(new)
                n -= 2
            n -= 1
        if len(self.lines) == start:
            self.line(depth, f"{names[0]} += 1")
        return names

    def function(self):
        r = self.rng
        name = self.name(VERBS, WORDS)
        self.cost = 1
        params = r.sample(WORDS, r.randint(1, 3))
        keyword = self.word() if r.random() < 0.2 else None
        if keyword in params:
            keyword = None
        shown = params + ([f"{keyword}={r.randrange(5)}"] if keyword else [])
        if r.random() < 0.12:
            self.line(0, f"def {name}_steps({', '.join(params)}):")
            self.line(1, f"for step in range({r.randint(2, 6)}):")
            self.line(2, f"yield {self.number([*params, 'step'], 1)}")
            self.line(0, "")
            self.line(0, "")
            self.line(0, f"def {name}({', '.join(shown)}):")
            self.line(1, f"total = {keyword or 0}")
            self.line(1, f"for part in {name}_steps({', '.join(params)}):")
            self.line(2, "total = (total * 3 + part) % 65521")
            self.line(1, "return total")
        else:
            self.line(0, f"def {name}({', '.join(shown)}):")
            if r.random() < 0.4:
                self.line(1, f'"""{name.replace("_", " ").capitalize()} of the {self.word()} {self.word()}."""')
            names = self.block(1, params + ([keyword] if keyword else []), r.choice([3, 4, 5, 6, 8, 10, 14, 20]))
            self.line(1, f"return ({' + '.join(r.sample(names, min(len(names), 3)))}) % 65521")
        self.line(0, "")
        self.line(0, "")
        self.functions.append((name, len(params), keyword, self.cost))

    def klass(self):
        r = self.rng
        name = "".join(part.capitalize() for part in self.name(WORDS, WORDS).split("_"))
        base = r.choice(self.classes) if self.classes and r.random() < 0.3 else None
        self.line(0, f"class {name}({base[0]}):" if base else f"class {name}:")
        fields = r.sample(WORDS, 3)
        self.line(1, "def __init__(self, first, second):")
        if base:
            self.line(2, "super().__init__(first, second)")
        self.line(2, "self.level = first % 100")
        self.line(2, f"self.{fields[0]} = second")
        self.line(2, f"self.{fields[1]} = [first, second]")
        self.line(2, f"self.{fields[2]} = {{}}")
        methods = []
        most = 1
        for _ in range(r.randint(2, 5)):
            method = f"{r.choice(VERBS)}_{self.word()}"
            if method in methods:
                continue
            self.cost = 1
            self.line(0, "")
            self.line(1, f"def {method}(self, {fields[2]}_key):")
            names = self.block(2, [f"{fields[2]}_key"], r.choice([2, 3, 4, 6, 8]))
            self.line(2, f"self.{fields[1]}.append({r.choice(names)})")
            self.line(2, f"self.{fields[0]} = (self.{fields[0]} + {r.choice(names)}) % 4099")
            self.line(2, f"self.{fields[2]}[{r.choice(names)} % 7] = len(self.{fields[1]})")
            self.line(2, f"return self.{fields[0]} + {r.choice(names)}")
            methods.append(method)
            most = max(most, self.cost)
        if r.random() < 0.4:
            self.line(0, "")
            self.line(1, "@property")
            self.line(1, f"def {fields[0]}_share(self):")
            self.line(2, f"return self.{fields[0]} / (1 + len(self.{fields[1]}))")
        self.line(0, "")
        self.line(0, "")
        self.classes.append((name, methods, most))

    def program(self, lines):
        self.line(0, '"""Made by generate.py: a program that stands for real ones in measurements of compile time."""')
        self.line(0, "import sys")
        self.line(0, "")
        self.line(0, "")
        while len(self.lines) < lines:
            if self.rng.random() < 0.2:
                self.klass()
            else:
                self.function()
        self.line(0, "def main(rounds):")
        self.line(1, "total = 0")
        self.line(1, "for n in range(rounds):")
        for name, n, _, _ in self.functions[-20:]:
            self.line(2, f"total = (total * 31 + {name}({', '.join(['n'] * n)})) % 1000003")
        self.line(1, "return total")
        self.line(0, "")
        self.line(0, "")
        self.line(0, "print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))")
        return "\n".join(self.lines) + "\n"


def main():
    seed, lines = int(sys.argv[1]), int(sys.argv[2])
    sys.stdout.write(Writer(seed).program(lines))


if __name__ == "__main__":
    main()
