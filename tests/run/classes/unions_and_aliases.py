"""int | str, list[int] and what they do."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", []))


t(lambda: int | str)
t(lambda: int | None)
t(lambda: int | 3)
t(lambda: (int|str)|int)
t(lambda: list[int])
t(lambda: list[int]|None)
t(lambda: isinstance(3,int|str))
t(lambda: isinstance(3,list[int]))
t(lambda: issubclass(int,3))
t(lambda: isinstance(3,list[int]|int))
t(lambda: type[int])
t(lambda: list[int]())
t(lambda: list[int].__args__)
t(lambda: int[3])
t(lambda: (int|str).__args__)
t(lambda: hash(int|str)==hash(str|int))
t(lambda: (int|str)==(str|int))
t(lambda: type(int|str))
t(lambda: (int|str)())
