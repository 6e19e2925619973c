"""Counts of items. Imports the package that imports it, which is fine as long as nothing is used at once."""
import shop

from .errors import OutOfStock
from .models import Item


class Inventory:
    def __init__(self):
        self._items = {}

    def add(self, item: Item, count: int = 1) -> None:
        known, before = self._items.get(item.name, (item, 0))
        self._items[item.name] = known, before + count

    def sell(self, name):
        item, count = self._items[name]
        if count == 0:
            raise shop.OutOfStock(item)
        self._items[name] = item, count - 1
        return item

    def count(self, item):
        return self._items[item.name][1]

    def total(self):
        return sum(item.price * count for item, count in self._items.values())

    def __iter__(self):
        return (item for item, _ in self._items.values())

    def __len__(self):
        return len(self._items)


assert OutOfStock.__module__ == "shop.errors"
