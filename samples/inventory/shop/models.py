"""Items; each kind registers itself by its name."""


class Item:
    kinds = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Item.kinds[cls.__name__.lower()] = cls

    def __init__(self, name, price):
        self.name = name
        self.price = price

    @property
    def kind(self):
        return type(self).__name__.lower()

    def detail(self):
        return ""

    def __str__(self):
        return f"{self.kind} {self.name!r}"

    def __lt__(self, other):
        return self.name < other.name


class Book(Item):
    def __init__(self, name, price, *, author):
        super().__init__(name, price)
        self.author = author

    def detail(self):
        return f"by {self.author}"


class Tool(Item):
    def __init__(self, name, price, *, weight):
        super().__init__(name, price)
        self.weight = weight

    def detail(self):
        return f"{self.weight:g} kg"
