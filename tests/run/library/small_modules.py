# reprlib, types, copy, copyreg, string, operator, abc, heapq, bisect, keyword, token, stat.
import abc
import bisect
import copy
import copyreg
import heapq
import operator
import reprlib
import string
import types


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e)


print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), reprlib.repr({i: i for i in range(9)}), reprlib.repr(10**60))
r = reprlib.Repr(maxlist=2, indent=2)
print(r.repr([1, [2, 3, 4], 5]))


class Rec:
    @reprlib.recursive_repr("<again>")
    def __repr__(self):
        return f"Rec({self.me!r})"


x = Rec()
x.me = x
print(x)

print(types.SimpleNamespace(a=1, b=[2]), types.FunctionType, types.MappingProxyType({1: 2}), types.NoneType)
print(types.new_class("C", (object,), {}, lambda ns: ns.update(v=3)).v, types.resolve_bases((list[int],)))
m = types.ModuleType("made", "its doc")
print(m, m.__doc__, types.prepare_class("Q", (int,))[0])


class D:
    @types.DynamicClassAttribute
    def attr(self):
        return "dynamic"


print(D().attr)


@types.coroutine
def gen():
    yield 1


print(types.get_original_bases(type("G", (dict,), {})), isinstance(gen(), types.GeneratorType))


class Node:
    def __init__(self, v, kids=()):
        self.v = v
        self.kids = list(kids)

    def __copy__(self):
        n = Node(self.v)
        n.kids = self.kids
        return n


n = Node(1, [Node(2)])
n.kids.append(n)
c = copy.copy(n)
d = copy.deepcopy(n)
print(c.kids is n.kids, d.kids is n.kids, d.kids[1] is d, d.kids[0].v)
print(copy.deepcopy({"a": [1, (2, [3])], "b": {4}}), copy.copy([1, [2]]), copy.deepcopy((1, 2)) is not None)


class Slots:
    __slots__ = ("a", "b")


s = Slots()
s.a = [1]
t = copy.deepcopy(s)
print(t.a, t.a is s.a, hasattr(t, "b"))
attempt(copy.copy, (i for i in ()))


class P(tuple):
    def __replace__(self, **changes):
        return changes


print(copy.replace(P(), q=1))
attempt(copy.replace, [], a=1)


class Cx:
    pass


copyreg.pickle(Cx, lambda c: (Cx, ()))
print(copyreg.dispatch_table[Cx](Cx())[0] is Cx, copyreg.__newobj__(Cx).__class__ is Cx, type(copy.copy(Cx())) is Cx)

print(string.ascii_letters, string.hexdigits, string.punctuation, repr(string.whitespace), string.capwords("one  two three"))
tmpl = string.Template("$who likes ${what}, costs $$5")
print(tmpl.substitute(who="A", what="b"), tmpl.safe_substitute(who="A"), tmpl.get_identifiers(), tmpl.is_valid())
attempt(tmpl.substitute, who=1)
attempt(string.Template("$ x").substitute)
f = string.Formatter()
print(f.format("{0} {a!r:>5} {0[1]}", "xy", a=3), list(f.parse("a{b!r:c}d")), f.vformat("{} {}", (1, 2), {}))

print(operator.itemgetter(1, 2)([3, 4, 5]), operator.attrgetter("real", "imag")(3j), operator.methodcaller("upper")("q"))
print(operator.index(5), operator.concat([1], [2]), operator.countOf([1, 1], 1), operator.length_hint([1]), operator.is_not_none(3))


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

    @property
    @abc.abstractmethod
    def name(self): ...


attempt(Shape)


class Sq(Shape):
    name = "sq"

    def area(self):
        return 4


print(Sq().area(), Shape.__abstractmethods__ == {"area", "name"})


@Shape.register
class Virtual:
    pass


print(isinstance(Virtual(), Shape), issubclass(Virtual, Shape), abc.get_cache_token() > 0)

h = [5, 1, 4]
heapq.heapify(h)
heapq.heappush(h, 0)
print(heapq.heappop(h), h, heapq.nlargest(2, [3, 9, 4]), heapq.nsmallest(2, "hello", key=ord), list(heapq.merge([1, 4], [2, 3])))
print(heapq.heappushpop(h, 2), heapq.heapreplace(h, 7), list(heapq.merge([3, 1], [2], reverse=True)))
mx = [1, 5, 2]
heapq.heapify_max(mx)
print(heapq.heappop_max(mx))
print(bisect.bisect_left([1, 2, 2, 3], 2), bisect.bisect([1, 2, 2, 3], 2), bisect.bisect([3, 2, 1], -2, key=operator.neg))
l = [1, 3]
bisect.insort(l, 2)
print(l)
