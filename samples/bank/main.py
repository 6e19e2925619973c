"""A bank simulation: accounts, transfers that roll back, interest, an audit log, and a run on the bank."""
from contextlib import contextmanager
from functools import total_ordering


class BankError(Exception):
    """Something that a customer may be told."""


class InsufficientFunds(BankError):
    def __init__(self, account, wanted):
        super().__init__(f"{account.owner} has {account.balance}, wants {wanted}")
        self.missing = wanted - account.balance


class Frozen(BankError):
    pass


@total_ordering
class Account:
    _next = 1000

    def __init__(self, owner, balance=0):
        Account._next += 1
        self.number = Account._next
        self.owner = owner
        self.balance = balance
        self.frozen = False

    def _check(self):
        if self.frozen:
            raise Frozen(f"account {self.number} is frozen")

    def deposit(self, amount):
        self._check()
        if amount <= 0:
            raise ValueError("amounts are positive")
        self.balance += amount

    def withdraw(self, amount):
        self._check()
        if amount > self.balance:
            raise InsufficientFunds(self, amount)
        self.balance -= amount

    def month(self):
        pass

    def __eq__(self, other):
        return self.number == other.number

    def __lt__(self, other):
        return self.number < other.number

    def __repr__(self):
        return f"{type(self).__name__}({self.owner!r}, {self.balance})"


class Savings(Account):
    rate = 3

    def month(self):
        super().month()
        self.balance += self.balance * self.rate // 1200


class Credit(Account):
    limit = 500

    def withdraw(self, amount):
        try:
            super().withdraw(amount)
        except InsufficientFunds as error:
            if error.missing > self.limit:
                raise BankError(f"{self.owner} is past the limit by {error.missing - self.limit}") from error
            self.balance -= amount

    def month(self):
        if self.balance < 0:
            self.balance -= -self.balance // 50


class Bank:
    def __init__(self):
        self.accounts = {}
        self.log = []

    def open(self, kind, owner, balance=0):
        account = kind(owner, balance)
        self.accounts[owner] = account
        return account

    @contextmanager
    def transaction(self, *owners):
        saved = {owner: self.accounts[owner].balance for owner in owners}
        try:
            yield
        except BankError as error:
            for owner, balance in saved.items():
                self.accounts[owner].balance = balance
            self.log.append(f"undone: {error}")
        else:
            self.log.append("done: " + ", ".join(f"{o} {self.accounts[o].balance - b:+d}" for o, b in saved.items()))
        finally:
            self.log.append(f"total {sum(a.balance for a in self.accounts.values())}")

    def transfer(self, source, target, amount):
        with self.transaction(source, target):
            self.accounts[target].deposit(amount)
            self.accounts[source].withdraw(amount)


bank = Bank()
bank.open(Account, "Ada", 1000)
bank.open(Savings, "Bob", 24000)
bank.open(Credit, "Cy", 50)
bank.transfer("Ada", "Bob", 300)
bank.transfer("Ada", "Bob", 800)
bank.transfer("Cy", "Ada", 400)
bank.transfer("Cy", "Ada", 900)
bank.accounts["Bob"].frozen = True
bank.transfer("Ada", "Bob", 1)
bank.accounts["Bob"].frozen = False
for month in range(12):
    for account in bank.accounts.values():
        account.month()
print(*bank.log, sep="\n")
print(sorted(bank.accounts.values(), reverse=True), max(bank.accounts.values()))

failures = []
for step in range(1, 6):
    for owner in list(bank.accounts):
        try:
            bank.accounts[owner].withdraw(step * 2000)
        except BankError as error:
            cause = f" <- {type(error.__cause__).__name__}" if error.__cause__ else ""
            failures.append((step, type(error).__name__ + cause))
print(failures)
try:
    raise ExceptionGroup("audit", [InsufficientFunds(bank.accounts["Ada"], 10**6), ValueError("negative"), Frozen("x")])
except* BankError as group:
    print("bank:", [str(e) for e in group.exceptions])
except* ValueError as group:
    print("other:", group.exceptions)
bank.accounts["Ada"].deposit(-5)
