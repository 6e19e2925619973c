"""A parser and printer for a JSON-like notation (comments, trailing commas, hexadecimal numbers)."""


class ParseError(Exception):
    def __init__(self, message, text, at):
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        super().__init__(f"{message} at line {line}, column {column}")
        self.line, self.column = line, column


class Parser:
    ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
    CONSTANTS = {"true": True, "false": False, "null": None}

    def __init__(self, text):
        self.text = text
        self.at = 0

    def error(self, message):
        return ParseError(message, self.text, self.at)

    def skip(self):
        text = self.text
        while self.at < len(text):
            ch = text[self.at]
            if ch in " \t\r\n":
                self.at += 1
            elif ch == "#":
                while self.at < len(text) and text[self.at] != "\n":
                    self.at += 1
            else:
                break

    def peek(self):
        self.skip()
        return self.text[self.at] if self.at < len(self.text) else ""

    def expect(self, ch):
        if self.peek() != ch:
            raise self.error(f"expected {ch!r} but found {self.peek() or 'the end'!r}")
        self.at += 1

    def document(self):
        value = self.value()
        if self.peek():
            raise self.error("text after the document")
        return value

    def value(self):
        match self.peek():
            case "{":
                return dict(self.items("{", "}", self.pair))
            case "[":
                return list(self.items("[", "]", self.value))
            case '"':
                return self.string()
            case "":
                raise self.error("the text ends too early")
            case ch if ch.isdigit() or ch in "+-.":
                return self.number()
            case ch if ch.isalpha():
                return self.constant()
            case ch:
                raise self.error(f"unexpected {ch!r}")

    def items(self, opening, closing, item):
        self.expect(opening)
        while self.peek() != closing:
            yield item()
            if self.peek() != closing:
                self.expect(",")
        self.at += 1

    def pair(self):
        key = self.string() if self.peek() == '"' else self.word()
        self.expect(":")
        return key, self.value()

    def word(self):
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] == "_"):
            self.at += 1
        if start == self.at:
            raise self.error("expected a name")
        return self.text[start:self.at]

    def constant(self):
        start = self.at
        word = self.word()
        try:
            return self.CONSTANTS[word]
        except KeyError:
            self.at = start
            raise self.error(f"unknown word {word}") from None

    def string(self):
        self.expect('"')
        out = []
        while True:
            if self.at >= len(self.text):
                raise self.error("unterminated string")
            ch = self.text[self.at]
            self.at += 1
            if ch == '"':
                return "".join(out)
            if ch == "\\":
                ch = self.text[self.at:self.at + 1]
                self.at += 1
                if ch == "u":
                    ch = chr(int(self.text[self.at:self.at + 4], 16))
                    self.at += 4
                else:
                    ch = self.ESCAPES.get(ch, ch)
            out.append(ch)

    def number(self):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in " \t\r\n,]}#":
            self.at += 1
        token = self.text[start:self.at]
        for convert in (int, float, lambda t: int(t, 0)):
            try:
                return convert(token)
            except ValueError:
                pass
        self.at = start
        raise self.error(f"bad number {token}")


def dump(value, indent=0):
    pad = "  " * indent
    if isinstance(value, dict):
        if not value:
            return "{}"
        inner = ",\n".join(f"{pad}  {quote(k)}: {dump(v, indent + 1)}" for k, v in value.items())
        return "{\n" + inner + f"\n{pad}}}"
    if isinstance(value, list):
        if all(not isinstance(v, (dict, list)) for v in value):
            return "[" + ", ".join(dump(v) for v in value) + "]"
        return "[\n" + ",\n".join(f"{pad}  {dump(v, indent + 1)}" for v in value) + f"\n{pad}]"
    if isinstance(value, str):
        return quote(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


def quote(text):
    out = []
    for ch in text:
        if ch in '"\\':
            out.append("\\" + ch)
        elif ch < " " or ch > "~":
            out.append(f"\\u{ord(ch):04x}")
        else:
            out.append(ch)
    return '"' + "".join(out) + '"'


DOCUMENT = r'''
# configuration of a ship
{
    name: "Beagle",
    "built": 1820,
    crew: [
        {name: "FitzRoy", rank: "captain", share: 0.25},
        {name: "Darwin", rank: null, notes: "na\u00efve? \"hardly\"\n"},   # a passenger
    ],
    position: [-50.25, 1.5e1, 0x1F, +7],
    seaworthy: true, log: {}, cargo: [[1, 2], []],
}
'''

ship = Parser(DOCUMENT).document()
text = dump(ship)
print(text)
assert Parser(text).document() == ship
print(ship["crew"][1]["notes"], sum(len(c) for c in ship["crew"]), ship["position"])
for bad in ("", "[1, 2", '{"a" 1}', "[1,, 2]", "[tru]", "\n\n  [1] x", '"abc', "[1.2.3]", "{: 1}"):
    try:
        print(Parser(bad).document())
    except ParseError as error:
        print(f"{bad!r:<12} -> {error}")
