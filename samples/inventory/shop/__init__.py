"""The shop package: what it exports comes from its modules."""
from .errors import OutOfStock
from .stock import Inventory
from .version import *

__all__ = ["Inventory", "OutOfStock", "VERSION"]
