_parts = (1, 4, 2)
VERSION = ".".join(map(str, _parts))
