"""Characters of texts of every width: case methods, ord, membership, while names and types change."""


def letters(text):
    counts = [0] * 26
    for ch in text:
        i = ord(ch.lower()) - 97
        if 0 <= i < 26:
            counts[i] += 1
    return counts


def vowels(text):
    n = 0
    for ch in text:
        if ch in "aeiouAEIOU\xe9":
            n += 1
    return n


def shout(text):
    out = ""
    for ch in text:
        if ch in ("a", "b", "\xdf", "\u0131"):
            out += ch.upper()
        else:
            out += ch.lower() + "."
    return out


def kinds(items):
    found = []
    for x in items:
        try:
            found.append(x in "abc def")
        except TypeError as e:
            found.append(str(e))
    return found


def codes(items):
    out = []
    for x in items:
        try:
            out.append(ord(x))
        except TypeError as e:
            out.append(str(e))
    return out


class Text(str):
    def lower(self):
        return "q"


class Lower:
    def lower(self):
        return "z"


def tail(text):
    for ch in text:
        if ord(ch) > 200:
            return ch.upper(), ch.lower(), ch
    return None


def main():
    texts = ["", "Hello World", "\xc9t\xe9 Z", "\u0130I\u0131i", "\u4e2d\u6587abc", "\U0001f600aZ", "@[`{AZaz"]
    for t in texts:
        try:
            print(letters(t))
        except TypeError as e:
            print(e)
        print(vowels(t), ascii(shout(t)), ascii(tail(t)))
    print(letters(["A", "b", "c"]), letters([Lower(), "A"]), letters([Text("x"), "y"]), letters(("A", "Z")))
    print(letters({"A": 1}), letters(iter("abc")), letters(c for c in "ABC"))
    print(kinds("a z"), kinds(["abc", "def", "", "xyz", 1, None, b"a"]), kinds([Text("a")]))
    print(codes("a\xe9\u4e2d\U0001f600"), codes(["ab", "", b"a", bytearray(b"z"), 5, Text("a")]))
    global ord
    ord = lambda x: 98
    print(letters("Hello"))
    del ord
    print(letters("Hello"))
    for bad in (["ab"], [1], [None]):
        try:
            letters(bad)
        except (TypeError, AttributeError) as e:
            print(type(e).__name__, e)


main()
