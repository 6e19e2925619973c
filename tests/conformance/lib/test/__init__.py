"""The package of CPython's tests: this folder's stand-ins, and the reference system's files beside them."""
