"""Methods: bound, inherited, through super(), static and class methods, special methods."""


class Account:
    count = 0

    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount
        return self

    def fee(self):
        return 1

    @staticmethod
    def clip(amount):
        return amount if amount < 1000 else amount - 1000

    @classmethod
    def tally(cls):
        cls.count += 1
        return cls.count

    def __len__(self):
        return 3

    def __add__(self, other):
        return self.balance + other

    def __getitem__(self, index):
        return self.balance + index

    def __call__(self, amount):
        return self.deposit(amount)


class Savings(Account):
    def fee(self):
        return super().fee() + 1

    def deposit(self, amount):
        return super().deposit(self.clip(amount) - self.fee())


def main():
    plain, savings = Account(0), Savings(0)
    deposit = plain.deposit
    total = 0
    for i in range(330000):
        plain.deposit(i).deposit(-i + 1)
        deposit(2)
        savings.deposit(i & 2047)
        savings(1)
        total += len(plain) + (plain + i) + savings[i] + Savings.tally()
    print(total, plain.balance, savings.balance)


main()
