"""Evaluates expressions with variables and functions: tokens, recursive descent, a tree, closures."""
import math
import operator
import sys


def tokens(text):
    at = 0
    while at < len(text):
        ch = text[at]
        if ch.isspace():
            at += 1
        elif ch.isdigit() or ch == ".":
            start = at
            while at < len(text) and (text[at].isdigit() or text[at] in ".e" or text[at] in "+-" and text[at - 1] == "e"):
                at += 1
            yield "number", text[start:at]
        elif ch.isalpha():
            start = at
            while at < len(text) and text[at].isalnum():
                at += 1
            yield "name", text[start:at]
        elif text.startswith("**", at):
            yield "op", "**"
            at += 2
        elif ch in "+-*/%()=,":
            yield "op", ch
            at += 1
        else:
            raise SyntaxError(f"what is {ch!r}?")
    yield "end", ""


LEVELS = [{"+": operator.add, "-": operator.sub}, {"*": operator.mul, "/": operator.truediv, "%": operator.mod}]
FUNCTIONS = {"sqrt": math.sqrt, "max": max, "min": min, "abs": abs, "round": round, "fact": math.factorial, "gcd": math.gcd}


class Compiler:
    """Compiles an expression to a closure that takes the variables."""

    def __init__(self, text):
        self.tokens = list(tokens(text))
        self.at = 0

    @property
    def now(self):
        return self.tokens[self.at][1]

    def eat(self, text):
        if self.now == text and self.tokens[self.at][0] == "op":
            self.at += 1
            return True
        return False

    def need(self, text):
        if not self.eat(text):
            raise SyntaxError(f"expected {text} before {self.now or 'the end'}")

    def expression(self, level=0):
        if level == len(LEVELS):
            return self.unary()
        left = self.expression(level + 1)
        while self.tokens[self.at][0] == "op" and (function := LEVELS[level].get(self.now)):
            self.at += 1
            right = self.expression(level + 1)
            left = (lambda f, a, b: lambda env: f(a(env), b(env)))(function, left, right)
        return left

    def unary(self):
        if self.eat("-"):
            inner = self.unary()
            return lambda env: -inner(env)
        base = self.atom()
        if self.eat("**"):
            exponent = self.unary()
            return lambda env: base(env) ** exponent(env)
        return base

    def atom(self):
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            number = float(text) if "." in text or "e" in text else int(text)
            return lambda env: number
        if kind == "name":
            if not self.eat("("):
                return lambda env: env[text]
            args = []
            while not self.eat(")"):
                args.append(self.expression())
                if self.now != ")":
                    self.need(",")
            return lambda env: FUNCTIONS[text](*(arg(env) for arg in args))
        if text == "(":
            inner = self.expression()
            self.need(")")
            return inner
        raise SyntaxError(f"unexpected {text or 'end'}")


def evaluate(line, env):
    name, equals, rest = line.partition("=")
    if equals and name.strip().isidentifier():
        env[name.strip()] = value = evaluate(rest, env)
        return value
    compiler = Compiler(line)
    run = compiler.expression()
    if compiler.tokens[compiler.at][0] != "end":
        raise SyntaxError(f"text after the expression: {compiler.now}")
    return run(env)


env = {"pi": math.pi}
for line in sys.stdin:
    line = line.partition("#")[0].strip()
    if not line:
        continue
    try:
        print(f"{line} -> {evaluate(line, env)}")
    except (SyntaxError, ArithmeticError, ValueError, TypeError) as error:
        print(f"{line} !! {type(error).__name__}: {error}")
    except KeyError as error:
        print(f"{line} !! unknown {error}")
print(sorted(env))
evaluate("1 / (2 - 2)", env)
