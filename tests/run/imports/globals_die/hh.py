class D:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n, end="; ")
h1 = D("h1"); h2 = [D("h2a"), D("h2b")]; h3 = D("h3"); h3.x = D("h3.x")
