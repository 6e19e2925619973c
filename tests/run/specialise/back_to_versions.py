def fold(values):
    h = 0
    for i in range(len(values) - 1):
        a = values[i]
        for r in (a, a * a):
            h = (h * 31 + r) % (2**89 - 1)
    return h
V = [1, 2, 2**40, 2**61, 2**70, 7, 8, 2**127]
print(fold(V))
