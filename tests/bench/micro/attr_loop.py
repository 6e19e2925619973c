"""Attributes of one object read and written in a loop."""
ROUNDS = 1200000


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.moves = 0
        self.highest = balance

    def deposit(self, amount):
        self.balance += amount
        self.moves += 1
        if self.balance > self.highest:
            self.highest = self.balance

    def withdraw(self, amount):
        if amount > self.balance:
            return False
        self.balance -= amount
        self.moves += 1
        return True


def main():
    account = Account("ada", 100)
    refused = 0
    for i in range(ROUNDS):
        account.deposit(i % 7)
        if not account.withdraw((i * 3) % 11):
            refused += 1
    print(account.owner, account.balance, account.moves, account.highest, refused)


if __name__ == "__main__":
    main()
