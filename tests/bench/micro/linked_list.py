"""A linked list of objects: built, reversed, merged, walked."""
ROUNDS = 660


class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class LinkedList:
    def __init__(self):
        self.head = None
        self.size = 0

    def push(self, value):
        self.head = Node(value, self.head)
        self.size += 1

    def reverse(self):
        previous = None
        node = self.head
        while node is not None:
            node.next, previous, node = previous, node, node.next
        self.head = previous

    def __iter__(self):
        node = self.head
        while node:
            yield node.value
            node = node.next

    def remove(self, value):
        node = self.head
        before = None
        while node:
            if node.value == value:
                if before is None:
                    self.head = node.next
                else:
                    before.next = node.next
                self.size -= 1
                return True
            before, node = node, node.next
        return False


def main():
    total = 0
    for k in range(ROUNDS):
        items = LinkedList()
        for i in range(1500):
            items.push((i * 7 + k) % 1009)
        items.reverse()
        for wanted in range(0, 60, 10):
            items.remove(wanted)
        for value in items:
            total += value
        total += items.size
    print(total)


if __name__ == "__main__":
    main()
