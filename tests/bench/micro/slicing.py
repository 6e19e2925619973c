"""Slices of lists and strings: rotations, chunks, palindromes, merges."""
ROUNDS = 510


def merge_sort(items):
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left = merge_sort(items[:middle])
    right = merge_sort(items[middle:])
    out = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]


def palindromes(text, width):
    count = 0
    for i in range(len(text) - width + 1):
        part = text[i:i + width]
        if part == part[::-1]:
            count += 1
    return count


def main():
    items = [(i * 7919) % 1009 for i in range(500)]
    text = "abacabadabacabaeabacabadabacaba" * 10
    check = 0
    for k in range(ROUNDS):
        turned = items[k % 500:] + items[:k % 500]
        ordered = merge_sort(turned)
        check += ordered[10] + ordered[-3]
        check += palindromes(text, 5)
        turned[10:20] = turned[30:35]
        check += len(turned) + sum(turned[::7])
    print(check)


if __name__ == "__main__":
    main()
