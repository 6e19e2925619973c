"""String methods: split, strip, replace, find, case, startswith."""
ROUNDS = 450


def clean(line):
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    if "#" in line:
        line = line[:line.index("#")].rstrip()
    key, _, value = line.partition("=")
    return key.strip().lower(), value.strip().replace("'", "")


def title(text):
    return " ".join(word.capitalize() for word in text.split())


def main():
    lines = []
    for i in range(500):
        lines.append("  Key_%d = 'value number %d'   # comment\n" % (i, i * i))
        if i % 5 == 0:
            lines.append("# only a comment\n")
        if i % 7 == 0:
            lines.append("   \n")
    total = 0
    for _ in range(ROUNDS):
        for line in lines:
            pair = clean(line)
            if pair is not None:
                key, value = pair
                total += len(key) + value.find("number") + len(title(value))
                if key.endswith("7") and value.upper().count("E") > 1:
                    total += 1
    print(total)


if __name__ == "__main__":
    main()
