# A from-import tells what a submodule could not import, and what is no submodule at all.
try:
    from pack import broken
except ModuleNotFoundError as e:
    print(type(e).__name__, e, e.name)
try:
    from pack import nothing
except ImportError as e:
    print(type(e).__name__, e.name, e.name_from)
