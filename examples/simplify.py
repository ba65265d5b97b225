"""A simplifier of expressions with pattern matching: differentiate, simplify, print."""
from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    value: int | float


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass(frozen=True)
class Operation:
    symbol: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Function:
    name: str
    argument: Expression


Expression = Number | Variable | Operation | Function
SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
ZERO, ONE, TWO = Number(0), Number(1), Number(2)


def parse(text):
    def convert(node):
        match node:
            case ast.Constant(value=int(value) | float(value)):
                return Number(value)
            case ast.Name(id=name):
                return Variable(name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in SYMBOLS:
                return Operation(SYMBOLS[type(op)], convert(left), convert(right))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
                return Number(-value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Operation("*", Number(-1), convert(operand))
            case ast.Call(func=ast.Name(id="sin" | "cos" | "exp" | "ln" as name), args=[argument], keywords=[]):
                return Function(name, convert(argument))
        raise ValueError(f"cannot use {ast.unparse(node)!r}")
    return convert(ast.parse(text.replace("^", "**"), mode="eval").body)


def simplify(expression):
    match expression:
        case Operation(symbol, left, right):
            return rewrite(Operation(symbol, simplify(left), simplify(right)))
        case Function(name, argument):
            return rewrite(Function(name, simplify(argument)))
    return expression


def rewrite(expression):
    match expression:
        case Operation("+", Number(a), Number(b)):
            return Number(a + b)
        case Operation("-", Number(a), Number(b)):
            return Number(a - b)
        case Operation("*", Number(a), Number(b)):
            return Number(a * b)
        case Operation("/", Number(a), Number(b)) if b and a % b == 0:
            return Number(a // b)
        case Operation("^", Number(a), Number(b)) if b >= 0:
            return Number(a ** b)
        case Operation("+", Number(0), x) | Operation("+" | "-", x, Number(0)):
            return x
        case Operation("*", Number(0), _) | Operation("*", _, Number(0)) | Operation("/", Number(0), _):
            return ZERO
        case Operation("*", Number(1), x) | Operation("*" | "/" | "^", x, Number(1)):
            return x
        case Operation("^", _, Number(0)):
            return ONE
        case Operation("-", x, y) if x == y:
            return ZERO
        case Operation("/", x, y) if x == y:
            return ONE
        case Operation("+", x, y) if x == y:
            return rewrite(Operation("*", TWO, x))
        case Operation("*", x, y) if x == y:
            return rewrite(Operation("^", x, TWO))
        case Operation("*", x, Number() as n) if not isinstance(x, Number):
            return rewrite(Operation("*", n, x))
        case Operation("*", Number(a), Operation("*", Number(b), x)):
            return rewrite(Operation("*", Number(a * b), x))
        case Operation("*", x, Operation("*", Number() as n, y)):
            return rewrite(Operation("*", n, rewrite(Operation("*", x, y))))
        case Operation("+", Operation("*", Number(a), x), Operation("*", Number(b), y)) if x == y:
            return rewrite(Operation("*", Number(a + b), x))
        case Operation("+", x, Operation("*", Number(a), y)) if a < 0:
            return rewrite(Operation("-", x, rewrite(Operation("*", Number(-a), y))))
        case Operation("*", Operation("^", x, Number(a)), Operation("^", y, Number(b))) if x == y:
            return rewrite(Operation("^", x, Number(a + b)))
        case Operation("*", x, Operation("^", y, Number(a))) | Operation("*", Operation("^", y, Number(a)), x) if x == y:
            return rewrite(Operation("^", x, Number(a + 1)))
        case Operation("^", Operation("^", x, Number(a)), Number(b)):
            return rewrite(Operation("^", x, Number(a * b)))
        case Function("exp", Number(0)) | Function("cos", Number(0)):
            return ONE
        case Function("sin", Number(0)) | Function("ln", Number(1)):
            return ZERO
        case Function("exp", Function("ln", x)) | Function("ln", Function("exp", x)):
            return x
    return expression


def derivative(expression, name):
    match expression:
        case Number():
            return ZERO
        case Variable(other):
            return ONE if other == name else ZERO
        case Operation("+" | "-" as symbol, left, right):
            return Operation(symbol, derivative(left, name), derivative(right, name))
        case Operation("*", left, right):
            return Operation("+", Operation("*", derivative(left, name), right), Operation("*", left, derivative(right, name)))
        case Operation("/", left, right):
            top = Operation("-", Operation("*", derivative(left, name), right), Operation("*", left, derivative(right, name)))
            return Operation("/", top, Operation("^", right, TWO))
        case Operation("^", base, Number(n)):
            return Operation("*", Operation("*", Number(n), Operation("^", base, Number(n - 1))), derivative(base, name))
        case Function("sin", x):
            return Operation("*", Function("cos", x), derivative(x, name))
        case Function("cos", x):
            return Operation("*", Operation("*", Number(-1), Function("sin", x)), derivative(x, name))
        case Function("exp", x):
            return Operation("*", expression, derivative(x, name))
        case Function("ln", x):
            return Operation("/", derivative(x, name), x)
    raise ValueError(f"no derivative of {show(expression)}")


def show(expression, outer=0):
    match expression:
        case Number(value):
            return str(value) if value >= 0 or not outer else f"({value})"
        case Variable(name):
            return name
        case Function(name, argument):
            return f"{name}({show(argument)})"
        case Operation(symbol, left, right):
            level = PRECEDENCE[symbol]
            inner = f"{show(left, level + (symbol == '^'))} {symbol} {show(right, level + (symbol in '-/'))}"
            return f"({inner})" if level < outer else inner


def main():
    for text in ("x + 0", "1 * x * 1", "2 + 3 * 4", "x - x", "x * x * x", "2 * (3 * x)", "x + x", "3 * x + 4 * x", "(x ^ 2) ^ 3",
                 "exp(ln(y))", "0 / z", "x ^ 0 + cos(0)", "(a + b) * (a + b)", "7 / 2", "x * 5"):
        print(f"{text:<20} = {show(simplify(parse(text)))}")
    print()
    for text in ("5", "x", "x ^ 3", "3 * x ^ 2 + 2 * x + 1", "sin(x ^ 2)", "x * exp(x)", "ln(x) / x", "cos(2 * x)", "1 / (x + 1)"):
        print(f"d/dx {text:<22} = {show(simplify(derivative(parse(text), 'x')))}")
    expression = parse("x ^ 8")
    for _ in range(5):
        expression = simplify(derivative(expression, "x"))
    print("fifth derivative of x ^ 8:", show(expression), hash(expression) == hash(parse("6720 * x ^ 3")))
    for text in ("x @ y", "f(x)", "x ^ y"):
        try:
            print(show(derivative(parse(text), "x")))
        except ValueError as error:
            print("error:", error)


if __name__ == "__main__":
    main()
