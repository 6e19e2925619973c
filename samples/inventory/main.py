"""A shop's inventory, in a package of several modules."""
from shop import Inventory, OutOfStock, VERSION
from shop.models import Book, Tool
from shop import report

print("shop", VERSION, report.__name__, sorted(n for n in dir(report) if n.startswith("as_")))
inventory = Inventory()
inventory.add(Book("Moby-Dick", 1299, author="Melville"), 4)
inventory.add(Book("Emma", 899, author="Austen"), 1)
inventory.add(Tool("hammer", 2450, weight=1.2), 2)
inventory.add(Tool("anvil", 99900, weight=55.0))
report.as_table(inventory)
for name in ("Emma", "Emma", "ladder"):
    try:
        print("sold", inventory.sell(name))
    except OutOfStock as error:
        print("sorry:", error)
    except KeyError as error:
        print("unknown:", error)
print("heavy:", [str(item) for item in inventory if getattr(item, "weight", 0) > 10])
print(f"worth {inventory.total() / 100:,.2f}")
report.as_table(inventory, key=lambda item: item.price)
