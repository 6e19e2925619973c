import collections, functools
P=collections.namedtuple('P','x y')
p=P(1,y=2); print(p, p._replace(x=5), p._asdict(), P._fields, P.__doc__, p==(1,2), P._make([3,4]))
print(collections.Counter('abracadabra').most_common(2))
d=collections.defaultdict(list); d['a'].append(1); print(d)
c=collections.ChainMap({'a':1},{'b':2}); print(c, c['b'], list(c))
@functools.lru_cache(maxsize=3)
def f(n): return n*2
print(f(2),f(2),f.cache_info())
@functools.total_ordering
class A:
    def __init__(s,v): s.v=v
    def __eq__(s,o): return s.v==o.v
    def __lt__(s,o): return s.v<o.v
print(A(1)<=A(2), A(3)>=A(2))
print(functools.reduce(lambda a,b:a+b,[1,2,3]), functools.partial(int,base=2)('101'))
@functools.singledispatch
def g(x): return 'obj'
@g.register
def _(x:int): return 'int'
@g.register(list)
def _(x): return 'list'
print(g(1),g([]),g('s'))
@functools.wraps(f)
def w(): pass
print(w.__name__, w.__wrapped__ is f)
class B:
    @functools.cached_property
    def q(s): print('computed'); return 5
b=B(); print(b.q,b.q)
