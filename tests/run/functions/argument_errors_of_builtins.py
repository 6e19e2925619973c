"""Arguments of zip, map and __import__ that do not fit."""
for f in (lambda: zip([1], strict=1, x=2), lambda: zip(x=1), lambda: map(len, [], strict=1, x=2), lambda: map(len, [], y=1), lambda: __import__(), lambda: __import__(None), lambda: __import__("os", level="a"), lambda: __import__(""), lambda: __import__("x", level=-1), lambda: __import__("", {}, level=1), lambda: __import__("x", level=1), lambda: __import__("x", None, level=1),lambda: __import__("x", 5, level=1)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
