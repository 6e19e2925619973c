"""`with` over several classes at one place: candidates told apart by code, and what is none of them."""


class Plain:
    def __enter__(self):
        return "plain"

    def __exit__(self, kind, exc, tb):
        return False


class Sub(Plain):
    def __exit__(self, kind, exc, tb):
        print("sub", kind, exc)
        return True


class Static:
    @staticmethod
    def __enter__():
        return "static"

    @classmethod
    def __exit__(cls, *rest):
        print(cls.__name__, len(rest), rest[0])


class Short:
    def __enter__(self):
        return 1

    def __exit__(self, *rest):
        print("short", len(rest), rest[1])
        return rest[0] is IndexError


class Other:
    def __init__(self, out):
        self.out = out

    def __enter__(self):
        self.out.append("+")
        return self.out

    def __exit__(self, kind, exc, tb):
        self.out.append("-")
        self.out.append(tb is None)
        return len(self.out) > 4


class Callable:
    """The exit is an object that can be called, no function."""

    def __enter__(self):
        return "callable"

    class Exit:
        def __call__(self, *rest):
            print("called", len(rest))
            return True

    __exit__ = Exit()


def visit(managers, error):
    for manager in managers:
        try:
            with manager as got:
                print(got if type(got) is not list else len(got))
                if error is not None:
                    raise error
        except (IndexError, ValueError) as e:
            print("passed", type(e).__name__, e)


one = Plain()
one.__enter__ = lambda: "instance"
out = []
managers = [Plain(), Sub(), Static(), Short(), Other(out), Callable(), one, Sub(), Other(out), Plain()]
visit(managers, None)
visit(managers, IndexError("index"))
visit(managers, ValueError("value"))
Plain.__exit__ = Sub.__exit__
visit(managers, IndexError("after"))
del Sub.__exit__
visit(managers, IndexError("deleted"))
print(out)
