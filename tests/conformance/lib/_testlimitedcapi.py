"""What test_bytes and test_class use of CPython's own test module, on top of the operators."""
import operator


def _index(obj, i):
    """Negative indices count from the end once; what is still negative is out of range."""
    i = operator.index(i)
    i = i + len(obj) if i < 0 else i
    if i < 0:
        raise IndexError("index out of range")
    return i


def sequence_getitem(obj, i):
    return obj[_index(obj, i)]


def sequence_setitem(obj, i, value):
    obj[_index(obj, i)] = value


def sequence_delitem(obj, i):
    del obj[_index(obj, i)]


def object_hasattrstring(obj, name):
    return int(hasattr(obj, name.decode()))
