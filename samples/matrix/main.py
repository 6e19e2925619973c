"""Matrices over exact fractions: product, determinant, inverse, solving equations."""


class Fraction:
    def __init__(self, top, bottom=1):
        if bottom == 0:
            raise ZeroDivisionError("fraction with denominator 0")
        if bottom < 0:
            top, bottom = -top, -bottom
        a, b = abs(top), bottom
        while b:
            a, b = b, a % b
        self.top, self.bottom = top // a, bottom // a

    @staticmethod
    def of(value):
        return value if isinstance(value, Fraction) else Fraction(value)

    def __add__(self, other):
        other = Fraction.of(other)
        return Fraction(self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom)

    __radd__ = __add__

    def __neg__(self):
        return Fraction(-self.top, self.bottom)

    def __sub__(self, other):
        return self + -Fraction.of(other)

    def __mul__(self, other):
        other = Fraction.of(other)
        return Fraction(self.top * other.top, self.bottom * other.bottom)

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = Fraction.of(other)
        return Fraction(self.top * other.bottom, self.bottom * other.top)

    def __eq__(self, other):
        other = Fraction.of(other)
        return (self.top, self.bottom) == (other.top, other.bottom)

    def __hash__(self):
        return hash((self.top, self.bottom))

    def __bool__(self):
        return self.top != 0

    def __float__(self):
        return self.top / self.bottom

    def __str__(self):
        return str(self.top) if self.bottom == 1 else f"{self.top}/{self.bottom}"


class Matrix:
    def __init__(self, rows):
        self.rows = [[Fraction.of(x) for x in row] for row in rows]
        if len({len(row) for row in self.rows}) > 1:
            raise ValueError("rows of different lengths")

    @classmethod
    def identity(cls, n):
        return cls([[int(i == j) for j in range(n)] for i in range(n)])

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    def __getitem__(self, place):
        i, j = place
        return self.rows[i][j]

    def __eq__(self, other):
        return isinstance(other, Matrix) and self.rows == other.rows

    def __matmul__(self, other):
        if self.shape[1] != other.shape[0]:
            raise ValueError(f"cannot multiply {self.shape} by {other.shape}")
        columns = list(zip(*other.rows))
        return Matrix([[sum((a * b for a, b in zip(row, column)), Fraction(0)) for column in columns] for row in self.rows])

    def __pow__(self, n):
        result, base = Matrix.identity(self.shape[0]), self
        while n:
            if n & 1:
                result = result @ base
            base = base @ base
            n >>= 1
        return result

    def transposed(self):
        return Matrix(zip(*self.rows))

    def reduced(self):
        """Reduced row echelon form and the product of the pivots, signed."""
        rows = [row[:] for row in self.rows]
        factor = Fraction(1)
        at = 0
        for column in range(len(rows[0])):
            pivot = next((i for i in range(at, len(rows)) if rows[i][column]), None)
            if pivot is None:
                factor = Fraction(0) if column < len(rows) else factor
                continue
            if pivot != at:
                rows[at], rows[pivot] = rows[pivot], rows[at]
                factor = -factor
            head = rows[at][column]
            factor = factor * head
            rows[at] = [x / head for x in rows[at]]
            for i, row in enumerate(rows):
                if i != at and row[column]:
                    scale = row[column]
                    rows[i] = [x - scale * y for x, y in zip(row, rows[at])]
            at += 1
            if at == len(rows):
                break
        return Matrix(rows), factor

    def determinant(self):
        n, m = self.shape
        if n != m:
            raise ValueError("only square matrices have a determinant")
        return self.reduced()[1]

    def inverse(self):
        n = self.shape[0]
        joined = Matrix([row + one for row, one in zip(self.rows, Matrix.identity(n).rows)])
        reduced, _ = joined.reduced()
        if Matrix([row[:n] for row in reduced.rows]) != Matrix.identity(n):
            raise ArithmeticError("the matrix has no inverse")
        return Matrix([row[n:] for row in reduced.rows])

    def __str__(self):
        cells = [[str(x) for x in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*cells)]
        return "\n".join("[" + "  ".join(c.rjust(w) for c, w in zip(row, widths)) + "]" for row in cells)


a = Matrix([[2, 1, 3], [0, -1, 4], [1, 2, 0]])
print(a, "determinant:", a.determinant(), sep="\n")
inverse = a.inverse()
print("inverse:", inverse, sep="\n")
assert a @ inverse == Matrix.identity(3)
print("transposed:", a.transposed(), sep="\n")
x = inverse @ Matrix([[13], [10], [5]])
print("solution:", ", ".join(f"{v} = {float(x[i, 0]):.4f}" for i, v in enumerate("xyz")))
print("fib(300) =", (Matrix([[1, 1], [1, 0]]) ** 300)[0, 1])
hilbert = Matrix([[Fraction(1, i + j + 1) for j in range(6)] for i in range(6)])
print("1/det(hilbert 6) =", Fraction(1) / hilbert.determinant())
for attempt in (
    lambda: a @ Matrix([[1, 2]]),
    lambda: Matrix([[1, 2], [2, 4]]).inverse(),
    lambda: Matrix([[1], [2, 3]]),
    lambda: Fraction(1, 0),
    lambda: Matrix([[1, 2]]).determinant(),
):
    try:
        attempt()
    except (ValueError, ArithmeticError) as error:
        print(f"{type(error).__name__}: {error}")
