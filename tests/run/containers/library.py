# The library modules over the native halves.
from collections import Counter, namedtuple, deque, OrderedDict, defaultdict, ChainMap
import functools, heapq, bisect, operator
calls = []
@functools.lru_cache(maxsize=2)
def f(x):
    calls.append(x)
    return x * x
print(f(1), f(2), f(1), f(3), f(2), f(1), calls, f.cache_info())
@functools.cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), fib.cache_info().currsize)
print(Counter("abracadabra").most_common(3), Counter(a=1) + Counter(a=2, b=1))
P = namedtuple("P", "x y")
p = P(1, 2)
print(p, p.x, p.y, p._replace(x=5), p._asdict(), P._fields, p == (1, 2))
print(heapq.nsmallest(2, [3, 1, 2]), heapq.nlargest(2, [3, 1, 2]), list(heapq.merge([1, 4], [2, 3])))
print(bisect.bisect([1, 2, 3], 2), operator.attrgetter("x")(p))
print(ChainMap({"a": 1}, {"b": 2})["b"], OrderedDict.fromkeys("ab"), deque([1])[0])
