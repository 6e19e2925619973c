# The module random, seeded.
import random

r = random.Random(42)
print(r.random(), r.randint(1, 100), r.choice("abcdef"), r.sample(range(100), 5), r.uniform(1, 2))
l = list(range(10))
r.shuffle(l)
print(l, r.choices([1, 2, 3], weights=[5, 1, 1], k=6), r.getrandbits(70), r.randrange(0, 100, 7))
print(r.gauss(0, 1), r.normalvariate(0, 1), r.expovariate(1.5), r.betavariate(2, 3), r.gammavariate(2, 1), r.triangular(0, 1, 0.3))
print(r.lognormvariate(0, 1), r.vonmisesvariate(0, 4), r.paretovariate(3), r.weibullvariate(1, 1.5), r.randbytes(5), r.binomialvariate(10, 0.4))
state = r.getstate()
a = r.random()
r.setstate(state)
print(a == r.random(), len(state))
random.seed("text")
print(random.random(), random.randrange(10**30))
random.seed(b"bytes")
print(random.random())
random.seed(1.5)
print(random.random())
for args in [(0,), (5, 5), (1, 2, 0)]:
    try:
        random.randrange(*args)
    except ValueError as e:
        print(e)
try:
    random.sample([1], 2)
except ValueError as e:
    print(e)
try:
    random.choice([])
except IndexError as e:
    print(e)


class Fixed(random.Random):
    def random(self):
        return 0.5


print(Fixed().randrange(10), Fixed().choice([1, 2, 3]), isinstance(random.SystemRandom().random(), float))
