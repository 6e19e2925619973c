"""What test_super and test_class import of CPython's own test module. Nothing here looks into objects: cases that need that fail."""

#: Calls after which CPython specialises; tests only loop that often.
SPECIALIZATION_THRESHOLD = 2


def has_inline_values(obj):
    raise NotImplementedError("asks for the layout of an object")
