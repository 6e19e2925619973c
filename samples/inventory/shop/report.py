from . import models


def as_table(inventory, key=None):
    print(f"--- {len(inventory)} items of {len(models.Item.kinds)} kinds ---")
    for item in sorted(inventory, key=key):
        print(f"{item.kind:<6}{item.name:<12}{item.price / 100:>9.2f} x{inventory.count(item)} {item.detail()}")
