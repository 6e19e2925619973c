class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        print("D", self.n, state)


state = "hook alive"
h = D("hook")
