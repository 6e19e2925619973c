"""Counts lines, words and characters of files, and shows the most frequent words.

usage: wordcount [-n NUMBER] FILE...
"""
import sys


def words_of(text):
    word = []
    for ch in text:
        if ch.isalpha() or ch == "'" and word:
            word.append(ch.lower())
        elif word:
            yield "".join(word).rstrip("'")
            word.clear()
    if word:
        yield "".join(word).rstrip("'")


def count(path):
    lines = chars = 0
    frequency = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            lines += 1
            chars += len(line)
            for word in words_of(line):
                frequency[word] = frequency.get(word, 0) + 1
    return lines, chars, frequency


def main(argv):
    top = 10
    paths = []
    args = iter(argv)
    for arg in args:
        if arg == "-n":
            top = int(next(args))
        else:
            paths.append(arg)
    if not paths:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    status = 0
    for path in paths:
        try:
            lines, chars, frequency = count(path)
        except OSError as error:
            print(f"wordcount: {error.filename}: {error.strerror}", file=sys.stderr)
            status = 1
            continue
        total = sum(frequency.values())
        print(f"{path}: {lines} lines, {total} words, {chars} characters, {len(frequency)} different words")
        ranking = sorted(frequency.items(), key=lambda item: (-item[1], item[0]))
        for rank, (word, n) in enumerate(ranking[:top], 1):
            print(f"{rank:>3}. {word:<12} {n:>5} {n / total:>7.2%} {'#' * n}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
