value = "before"
from . import cycle_b
value = "after"
