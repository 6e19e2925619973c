import b
from hook import D


class A:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("A", self.n, b is None, b.fb() if b else None)


a1 = A("a1")
a2 = [A("l1"), A("l2")]
a3 = {"k": A("d1"), "j": A("d2")}
d = D("of a")


def fa():
    pass
