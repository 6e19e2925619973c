class OutOfStock(Exception):
    def __init__(self, item):
        super().__init__(f"{item} is sold out")
        self.item = item
