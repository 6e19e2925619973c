"""Chained comparisons, conditional expressions, and/or values."""
ROUNDS = 620000


def grade(score):
    if 90 <= score <= 100:
        return "A"
    elif 75 <= score < 90:
        return "B"
    elif 50 <= score < 75:
        return "C"
    return "F"


def clamp(x, low, high):
    return low if x < low else high if x > high else x


def inside(x, y, box):
    left, top, right, bottom = box
    return left <= x < right and top <= y < bottom


def main():
    counts = {"A": 0, "B": 0, "C": 0, "F": 0}
    box = (10, 20, 70, 80)
    hits = 0
    total = 0
    for i in range(ROUNDS):
        score = (i * 37) % 113
        counts[grade(score)] += 1
        total += clamp(score - 30, 0, 50)
        if inside(score, i % 100, box):
            hits += 1
        name = (score > 100 and "over") or (score == 0 and "zero") or ""
        total += len(name)
    print(counts, hits, total)


if __name__ == "__main__":
    main()
