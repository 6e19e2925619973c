"""Elements swapped in place: quicksort, permutations, shuffle, bubble sort."""
ROUNDS = 100


def quicksort(a, low, high):
    while low < high:
        pivot = a[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        if j - low < high - i:
            quicksort(a, low, j)
            low = i
        else:
            quicksort(a, i, high)
            high = j


def permutations(items, k, out):
    if k == len(items):
        out[0] += items[0] * 2 + items[-1]
        return
    for i in range(k, len(items)):
        items[k], items[i] = items[i], items[k]
        permutations(items, k + 1, out)
        items[k], items[i] = items[i], items[k]


def bubble(a):
    n = len(a)
    for i in range(n):
        for j in range(n - i - 1):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]


def main():
    total = 0
    for k in range(ROUNDS):
        data = [(i * 7919 + k) % 10007 for i in range(2500)]
        quicksort(data, 0, len(data) - 1)
        total += data[100]
        out = [0]
        permutations([1, 2, 3, 4, 5, 6], 0, out)
        total += out[0]
        small = [(i * 31 + k) % 97 for i in range(70)]
        bubble(small)
        total += small[3]
    print(total)


if __name__ == "__main__":
    main()
