"""Text statistics over characters: frequencies, vowels, word lengths, anagrams."""
ROUNDS = 430

TEXT = """It was a bright cold day in spring and the clocks on the tower were striking
while a small boat went slowly down the river past meadows where sheep and horses grazed
and nobody on board spoke because each of them listened to the water and to the wind """


def frequencies(text):
    counts = [0] * 26
    for ch in text:
        i = ord(ch.lower()) - 97
        if 0 <= i < 26:
            counts[i] += 1
    return counts


def vowels(text):
    n = 0
    for ch in text:
        if ch in "aeiouAEIOU":
            n += 1
    return n


def anagrams(words):
    groups = {}
    for word in words:
        key = "".join(sorted(word))
        groups.setdefault(key, set()).add(word)
    return sum(1 for g in groups.values() if len(g) > 1)


def main():
    text = TEXT * 12
    words = text.split() + ["lisp", "slip", "tea", "eat"]
    total = 0
    for k in range(ROUNDS):
        counts = frequencies(text)
        total += counts[4] - counts[25] + vowels(text) + anagrams(words)
        longest = ""
        for word in words:
            if len(word) > len(longest):
                longest = word
        total += len(longest)
    print(total, longest)


if __name__ == "__main__":
    main()
