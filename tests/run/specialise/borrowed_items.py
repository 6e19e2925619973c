"""Items and attributes in variables of loops that free nothing, and of loops that do."""
import gc


class Node:
    def __init__(self, name, weight, link=None):
        self.name = name
        self.weight = weight
        self.link = link

    def __del__(self):
        print("del", self.name)


def heaviest(nodes):
    best = nodes[0]
    for i in range(len(nodes)):
        node = nodes[i]
        if node.weight > best.weight:
            best = node
    return best


def chain_length(node):
    n = 0
    while node is not None:
        n += 1
        node = node.link
    return n


def last_of(node):
    while node.link is not None:
        node = node.link
    return node


def overwrite(nodes, fresh):
    total = 0
    for i in range(len(nodes)):
        node = nodes[i]
        nodes[i] = fresh
        total += node.weight
    return total


def unlink(node):
    """The variable's object is held by what the loop changes."""
    total = 0
    while node is not None:
        following = node.link
        node.link = None
        total += node.weight
        node = following
    return total


def swap_ends(nodes):
    for i in range(len(nodes) // 2):
        a = nodes[i]
        b = nodes[-1 - i]
        nodes[i] = b
        nodes[-1 - i] = a
        a.weight += 1
        b.weight += 1
    return [node.name for node in nodes]


def pop_all(nodes):
    total = 0
    while nodes:
        node = nodes.pop()
        total += node.weight
    return total


def weights(nodes):
    """An exception in the middle: the variable holds its object in the traceback's frame."""
    total = 0
    for node in nodes:
        total += node.weight
    return total


def rows(table):
    total = 0
    for i in range(len(table)):
        row = table[i]
        for j in range(len(row)):
            total += row[j].weight
    return total, row


class Holder:
    def __init__(self, nodes):
        self.nodes = nodes
        self.current = None


def replace_list(holder, other):
    """The list goes away while its items are in use."""
    total = 0
    for i in range(2):
        node = holder.nodes[i]
        if i == 1:
            holder.nodes = other
        total += node.weight
    return total


def through_attribute(holder):
    total = 0
    for i in range(len(holder.nodes)):
        holder.current = holder.nodes[i]
        total += holder.current.weight
        node = holder.current
        holder.current = None
        total += node.weight
    return total


def make(names):
    return [Node(name, i + 1) for i, name in enumerate(names)]


def linked(names):
    head = None
    for i, name in enumerate(reversed(names)):
        head = Node(name, i + 1, head)
    return head


def main():
    gc.disable()
    nodes = make("abcd")
    print(heaviest(nodes).name, weights(nodes), swap_ends(nodes))
    print("overwritten", overwrite(nodes, Node("fresh", 10)))
    del nodes
    print("chain", chain_length(linked("efgh")))
    head = linked("ijkl")
    print("last", last_of(head).name)
    print("unlinked", unlink(head))
    del head
    print("unlinked at once", unlink(linked("mnop")))
    print("popped", pop_all(make("qrst")))
    mixed = make("uv")
    mixed.insert(1, 3)
    try:
        weights(mixed)
    except AttributeError as error:
        frame = error.__traceback__.tb_next.tb_frame
        print(error, frame.f_locals["node"], frame.f_locals["total"])
        del frame
    del mixed
    total, row = rows([make("AB"), make("CD")])
    print("rows", total, [node.name for node in row])
    del row
    holder = Holder(make("EF"))
    print("replaced", replace_list(holder, make("GH")))
    print("through", through_attribute(holder))
    holder.nodes[0].weight = 2.5
    print("mixed", heaviest(holder.nodes).name, weights(holder.nodes))
    holder.nodes[1].weight = 1 << 70
    print("big", heaviest(holder.nodes).name, weights(holder.nodes))
    print("end")


for _ in range(3):
    main()
