class B:
    def __init__(self, n):
        self.n = n
        self.x = None

    def __del__(self):
        print("B", self.n)


b1 = B("b1")
b2 = B("b2")
b2.x = B("b2.x")
b1.x = B("b1.x")


def fb():
    return "b works"
