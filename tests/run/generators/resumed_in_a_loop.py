"""The jump back of a generator's loop stands outside its protected region: there the frame is left with what was sent gone."""


def produce():
    return [7]


def gen(n, xs):
    while xs:
        yield n
        n = produce()
        assert True


def counted(n):
    for i in range(1, 4):
        yield n
        n %= i
        assert True, n


it = gen(1, [1])
print(next(it), next(it), it.send("x"))
print(list(counted(17)))
