"""Characters of texts without objects: comparisons, methods, membership, loops, other kinds of text, tracebacks."""
import traceback


def kinds(text):
    digits = spaces = letters = others = 0
    i, n = 0, len(text)
    while i < n:
        ch = text[i]
        if ch.isdigit():
            digits += 1
        elif ch.isspace():
            spaces += 1
        elif ch.isalpha() or ch == "_":
            letters += 1
        else:
            others += 1
        i += 1
    return digits, spaces, letters, others


def caesar(s, k):
    res = ""
    for ch in s:
        if "a" <= ch <= "z":
            res += chr((ord(ch) - 97 + k) % 26 + 97)
        elif ch == " ":
            res += "_"
        elif ch in "+-*/":
            res += "<" + ch + ">"
        elif ch in ("x", "Y", "é"):
            res += "!"
        else:
            res += ch
    return res


def counts(s):
    out = {}
    for ch in s:
        out[ch] = out.get(ch, 0) + 1
    return out


def order(s):
    out = []
    last = s[0]
    for ch in s[1:]:
        out.append((last < ch, last <= ch, last == ch, last != ch, last > ch, last >= ch, ch < "é", "ab" < ch, ch == "", ch in "", ch in s))
        last = ch
    return out


def tokens(parts):
    out = []
    for p in parts:
        if p == "+":
            out.append("plus")
        elif p == "-":
            out.append("minus")
        else:
            out.append(p)
    return out


def first(parts):
    if parts[0] == "(":
        return "open", parts[-1]
    return parts[0], parts[-1]


def shout(s):
    return [(c.upper(), c.lower(), c * 2, c + "!", len(c), str(c), repr(c), hash(c) == hash(str(c)), bool(c), c[0], [c], {c: c}) for c in s]


def fails(s):
    for i, ch in enumerate(s):
        c = s[i]
        if ch == "x":
            raise ValueError(c)
        int(c)


def where(s):
    try:
        fails(s)
    except ValueError as e:
        tb = e.__traceback__
        while tb.tb_next:
            tb = tb.tb_next
        return str(e), sorted((k, repr(v)) for k, v in tb.tb_frame.f_locals.items())


def matching(s):
    stack = []
    for ch in s:
        if ch in "([{":
            stack.append(ch)
        elif ch in ")]}":
            if not stack or stack.pop() != {")": "(", "]": "[", "}": "{"}[ch]:
                return False
    return not stack


def maybe(s, wanted):
    found = None
    for ch in s:
        if ch == wanted:
            found = ch
    return found


def mixed(s):
    c = ""
    for ch in s:
        if ch == "b":
            c = "long"
        elif ch == "c":
            c = 5
        else:
            c = ch
    return c


def is_vowel(c):
    return c in "aeiou"


def vowels(s):
    return sum(1 for c in s if is_vowel(c)), sum([is_vowel(c) for c in s])


def gen(s):
    for c in s:
        if c != "-":
            yield c


class Text(str):
    def __getitem__(self, i):
        return "?"

    def __iter__(self):
        return iter("sub")


def codes(numbers):
    out = []
    for n in numbers:
        try:
            out.append(chr(n))
        except (ValueError, OverflowError, TypeError) as e:
            out.append(type(e).__name__ + str(e)[:20])
    return out


def reverse(s):
    out = ""
    for i in range(len(s) - 1, -1, -1):
        out += s[i]
    return out == s[::-1], out


def find(s, c):
    i = 0
    try:
        while s[i] != c:
            i += 1
    except IndexError:
        return "no", i
    return i


def main():
    samples = ["", "abc 123_!", "éàü ñ", "日本語 テキスト 12", "\U0001f600 a\U0001f601", "\ud800x", "\x00\x1c\x85\xa0²½", "Ⅷ٣"]
    for s in samples:
        print(kinds(s), ascii(caesar(s, 3)), ascii(counts(s)), ascii(reverse(s)))
        if s:
            print(ascii(order(s)), find(s, s[-1]), find(s, "q"))
    print(caesar("the quick + brown * foxY é", 13))
    print(tokens(["+", "-", "12"]), tokens("+-x"), tokens(("+", 5, None)), tokens({"+": 1}), first(["(", 1]), first("(x"), first((1, 2)))
    print(ascii(shout("aéß日\U0001f600")))
    print(where("12x"), where("9é"), where("1日"))
    print([matching(s) for s in ("([]{})", "(]", "((", "", "日(本)")])
    print(maybe("abc", "b"), maybe("abc", "z"), maybe("", "a"), [mixed(s) for s in ("", "a", "ab", "abc", "abcd", "é")])
    print(vowels("education 日本"), list(gen("a-b-c")), ascii("".join(gen("é-日"))))
    print(kinds(Text("12 ab")), caesar(Text("xyz"), 1), [c for c in Text("q")], first(Text("(")))
    print(ascii(codes([65, 233, 0x10FFFF, -1, 0x110000, 10**20, 0, 0xD800, True])))
    it = iter("abc")
    print(next(it), [c for c in it], "".join(c for c in "xyz" if c > "x"))
    a = "x日"[1]
    b = a
    print(a is b, a == "日", ord(a))
    try:
        for c in "ab":
            c.nothing
    except AttributeError as e:
        print(e)
    try:
        for c in "a1":
            c < 1
    except TypeError as e:
        print(e)
    try:
        fails("x")
    except ValueError:
        print(traceback.format_exc())


main()


def kinds(text):
    """In a generator every op stands in a protected region, also one that cannot raise."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text.isdigit() or text.strip().isalpha():
            yield text
            return
        else:
            yield text[at].isalnum(), text[at]
            at += 1


print(list(kinds("a1 +")), list(kinds("12")), list(kinds(" ab ")))
