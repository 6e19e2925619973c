"""A JSON-like text parsed by index."""
ROUNDS = 250


def skip(text, i):
    while i < len(text) and text[i] in " \n\t":
        i += 1
    return i


def value(text, i):
    i = skip(text, i)
    c = text[i]
    if c == "{":
        out = {}
        i = skip(text, i + 1)
        while text[i] != "}":
            key, i = value(text, i)
            i = skip(text, i)
            assert text[i] == ":"
            out[key], i = value(text, i + 1)
            i = skip(text, i)
            if text[i] == ",":
                i = skip(text, i + 1)
        return out, i + 1
    if c == "[":
        items = []
        i = skip(text, i + 1)
        while text[i] != "]":
            item, i = value(text, i)
            items.append(item)
            i = skip(text, i)
            if text[i] == ",":
                i = skip(text, i + 1)
        return items, i + 1
    if c == '"':
        j = i + 1
        while text[j] != '"':
            j += 1
        return text[i + 1:j], j + 1
    j = i
    negative = c == "-"
    if negative:
        j += 1
    n = 0
    while j < len(text) and "0" <= text[j] <= "9":
        n = n * 10 + ord(text[j]) - 48
        j += 1
    if j == i:
        raise ValueError("at %d" % i)
    return (-n if negative else n), j


def weigh(v):
    if isinstance(v, dict):
        return sum(len(k) + weigh(x) for k, x in v.items())
    if isinstance(v, list):
        return sum(map(weigh, v))
    return len(v) if isinstance(v, str) else v


def main():
    rows = ", ".join('{"id": %d, "name": "row %d", "values": [%d, -%d, %d]}' % (i, i, i * 3, i, i % 4) for i in range(100))
    text = '{"rows": [' + rows + '], "total": 100}'
    total = 0
    for _ in range(ROUNDS):
        parsed, end = value(text, 0)
        total += weigh(parsed) + end
    print(total)


if __name__ == "__main__":
    main()
