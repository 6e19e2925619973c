"""Containers that change while a generator walks over them and a loop consumes it."""


def items(values):
    for x in values:
        yield x


def numbered(values):
    for i, x in enumerate(values):
        yield i, x


def by_index(values):
    i = 0
    while i < len(values):
        yield values[i]
        i += 1


def by_range(values):
    for i in range(len(values)):
        yield values[i]


def backwards(values):
    for x in reversed(values):
        yield x


def side_by_side(a, b):
    for x, y in zip(a, b):
        yield x + y


def keys(table):
    for key in table:
        yield key


def entries(table):
    for key, value in table.items():
        yield key, value


def pops(values):
    while values:
        yield values.pop()


def removes(values):
    for x in values:
        if x % 2:
            values.remove(x)
        yield x


def collects(values):
    """Yields the list that it goes on filling."""
    out = []
    for x in values:
        out.append(x)
        yield out


def sliced(values):
    for x in values[1:]:
        values[0] += x
        yield values[0]


def change(values, form, x):
    if form == 0 and len(values) < 9:
        values.append(x + 100)
    elif form == 1:
        del values[0]
    elif form == 2:
        values.clear()
    elif form == 3:
        values[:] = ["new"] * 2 + [x]
    elif form == 4:
        values.insert(0, x)
        if len(values) > 8:
            raise StopAsyncIteration
    elif form == 5:
        values.reverse()
    elif form == 6:
        values[-1] = 2.5
    elif form == 7 and len(values) < 7:
        values += [None, 2**62]
    elif form == 8:
        values.sort(key=str)


def consume(make, form):
    values = [3, 1, 2, 4]
    out = []
    try:
        for x in make(values):
            out.append(x)
            if type(x) is int and x < 9:
                change(values, form, x)
    except (IndexError, TypeError, StopAsyncIteration) as e:
        out.append(repr(e))
    return out, values


def direct():
    values = [1, 2, 3]
    out = []
    for x in items(values):
        out.append(x)
        if len(values) < 8:
            values.append(x * 2)
    for x in by_index(values):
        out.append(x)
        del values[-1]
    for i, x in numbered(values):
        values[i] = x + 0.5
        if i < 3:
            values.append(2**62 - 1 + i)
    for x in by_range(values):
        values.append(x)
    return out, values


def cleared_and_filled():
    values = [1, 2, 3, 4]
    it = items(values)
    out = []
    for x in it:
        out.append(x)
        if x == 2:
            values.clear()
    values.extend([7, 8, 9, 10])
    for x in it:
        out.append(x)
    return out


def two_lists():
    a, b = [1, 2, 3], [10, 20, 30]
    out = []
    try:
        for x in side_by_side(a, b):
            out.append(x)
            a.append(0)
            if len(b) < 5:
                b.append(x)
            b[1] = 2**62
            if len(out) == 4:
                a[4] = "text"
                b.append(1)
    except TypeError as e:
        out.append(str(e))
    return out


def tables():
    for make in (keys, entries):
        for form in range(5):
            table = {1: 2, 2: 3, 3: 4}
            out = []
            try:
                for x in make(table):
                    out.append(x)
                    if form == 0:
                        table[5] = 6
                    elif form == 1:
                        del table[1]
                    elif form == 2:
                        table[2] = 99
                    elif form == 3:
                        table.pop(1, None)
                        table[len(out) + 10] = 0
                    elif form == 4:
                        table.clear()
            except RuntimeError as e:
                out.append(str(e))
            print(out, table)


def of_a_set():
    values = {1, 2, 3}
    out = []
    try:
        for x in items(values):
            out.append(x)
            values.add(x + 50)
    except RuntimeError as e:
        out.append(str(e))
    return out


def growing():
    out = []
    for x in collects("abc"):
        out.append(len(x))
        if len(x) == 2:
            x.append("!")
    values = [5, 4, 3, 2, 1]
    for x in pops(values):
        out.append(x)
        if x == 3:
            values.append(9)
    for x in removes([1, 3, 5, 2, 7, 4]):
        out.append(x)
    values = [2**61, 2**61, 1, 0.5, 1]
    for x in sliced(values):
        out.append(x)
        values[0] -= 1
        values[-1] = "unseen"
    return out


def feeds_itself():
    """The loop's body appends to what the chain reads."""
    values = [1]
    out = []
    for x in items(items(values)):
        out.append(x)
        if x < 50:
            values.append(x * 3)
            values.append(x)
        if len(out) > 12:
            break
    return out


for make in (items, numbered, by_index, by_range, backwards, lambda v: side_by_side(v, [1] * 20), lambda v: items(items(v))):
    for form in range(9):
        print(consume(make, form), end=" ")
    print()
print(direct())
print(cleared_and_filled(), two_lists(), of_a_set(), growing(), feeds_itself())
tables()
