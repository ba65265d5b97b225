"""A large one: a compiler for a small language and the stack machine that runs its code."""
import re
from collections import namedtuple

SOURCE = """
function gcd(a, b) { while b != 0 { t = a % b; a = b; b = t; } return a; }
function fib(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); }
function sum_digits(n) { s = 0; while n > 0 { s = s + n % 10; n = n / 10; } return s; }
function is_prime(n) { if n < 2 { return 0; } i = 2; while i * i <= n { if n % i == 0 { return 0; } i = i + 1; } return 1; }
function main(limit) {
  total = 0; i = 1;
  while i < limit {
    total = total + gcd(i, 360) + sum_digits(i * i);
    if is_prime(i) { total = total + i; } else { total = total - 1; }
    i = i + 1;
  }
  return total + fib(13);
}
"""
Token = namedtuple("Token", "kind text line")
Instruction = namedtuple("Instruction", "operation argument")
PATTERN = re.compile(r"(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)|(?P<symbol>==|!=|<=|>=|[-+*/%<>=(){},;])|(?P<space>\s+)")
KEYWORDS = frozenset(("function", "while", "if", "else", "return"))
LEVELS = ({"==", "!=", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"})


def tokenize(source):
    line, place = 1, 0
    while place < len(source):
        match = PATTERN.match(source, place)
        if match is None:
            raise SyntaxError(f"line {line}: {source[place]!r}")
        kind, text = match.lastgroup, match.group()
        if kind == "space":
            line += text.count("\n")
        else:
            yield Token(text if kind == "symbol" or text in KEYWORDS else kind, text, line)
        place = match.end()
    yield Token("end", "", line)


class Compiler:
    def __init__(self, source):
        self.tokens = list(tokenize(source))
        self.place = 0
        self.functions = {}

    def peek(self):
        return self.tokens[self.place].kind

    def take(self, kind):
        token = self.tokens[self.place]
        if token.kind != kind:
            raise SyntaxError(f"line {token.line}: expected {kind}, found {token.text!r}")
        self.place += 1
        return token.text

    def emit(self, operation, argument=None):
        self.code.append(Instruction(operation, argument))
        return len(self.code) - 1

    def patch(self, where):
        self.code[where] = self.code[where]._replace(argument=len(self.code))

    def slot(self, name):
        return self.names.setdefault(name, len(self.names))

    def program(self):
        while self.peek() != "end":
            self.take("function")
            name = self.take("name")
            self.code, self.names = [], {}
            self.take("(")
            while self.peek() != ")":
                self.slot(self.take("name"))
                if self.peek() == ",":
                    self.take(",")
            self.take(")")
            parameters = len(self.names)
            self.block()
            self.emit("push", 0)
            self.emit("return")
            self.functions[name] = parameters, len(self.names), optimize(self.code)
        return self.functions

    def block(self):
        self.take("{")
        while self.peek() != "}":
            self.statement()
        self.take("}")

    def statement(self):
        kind = self.peek()
        if kind == "while":
            self.take("while")
            top = len(self.code)
            self.expression()
            leave = self.emit("jump_if_not")
            self.block()
            self.emit("jump", top)
            self.patch(leave)
        elif kind == "if":
            self.take("if")
            self.expression()
            skip = self.emit("jump_if_not")
            self.block()
            if self.peek() == "else":
                self.take("else")
                leave = self.emit("jump")
                self.patch(skip)
                self.block()
                self.patch(leave)
            else:
                self.patch(skip)
        elif kind == "return":
            self.take("return")
            self.expression()
            self.take(";")
            self.emit("return")
        else:
            name = self.take("name")
            self.take("=")
            self.expression()
            self.take(";")
            self.emit("store", self.slot(name))

    def expression(self, level=0):
        if level == len(LEVELS):
            return self.primary()
        self.expression(level + 1)
        while self.peek() in LEVELS[level]:
            operation = self.take(self.peek())
            self.expression(level + 1)
            self.emit(operation)

    def primary(self):
        kind = self.peek()
        if kind == "number":
            self.emit("push", int(self.take("number")))
        elif kind == "(":
            self.take("(")
            self.expression()
            self.take(")")
        else:
            name = self.take("name")
            if self.peek() != "(":
                self.emit("load", self.slot(name))
                return
            self.take("(")
            count = 0
            while self.peek() != ")":
                self.expression()
                count += 1
                if self.peek() == ",":
                    self.take(",")
            self.take(")")
            self.emit("call", (name, count))


def optimize(code):
    """Folds constants: push, push, operator. Jump targets stay, so folded places become no-operations."""
    targets = {each.argument for each in code if each.operation.startswith("jump")}
    code = list(code)
    for i in range(len(code) - 2):
        a, b, operator = code[i:i + 3]
        if a.operation == b.operation == "push" and operator.operation in ("+", "-", "*") and not targets & {i + 1, i + 2}:
            value = {"+": a.argument + b.argument, "-": a.argument - b.argument, "*": a.argument * b.argument}
            code[i:i + 3] = [Instruction("nop", None), Instruction("nop", None), Instruction("push", value[operator.operation])]
    return code


class Machine:
    def __init__(self, functions):
        self.functions = functions
        self.executed = 0

    def run(self, name, *arguments):
        parameters, slots, code = self.functions[name]
        local = list(arguments) + [0] * (slots - parameters)
        stack, calls, place = [], [], 0
        push, pop = stack.append, stack.pop
        executed = 0
        while True:
            operation, argument = code[place]
            place += 1
            executed += 1
            if operation == "load":
                push(local[argument])
            elif operation == "push":
                push(argument)
            elif operation == "store":
                local[argument] = pop()
            elif operation == "jump_if_not":
                if not pop():
                    place = argument
            elif operation == "jump":
                place = argument
            elif operation == "call":
                name, count = argument
                calls.append((code, place, local))
                parameters, slots, code = self.functions[name]
                local = stack[len(stack) - count:] + [0] * (slots - parameters)
                del stack[len(stack) - count:]
                place = 0
            elif operation == "return":
                if not calls:
                    self.executed = executed
                    return pop()
                code, place, local = calls.pop()
            elif operation == "nop":
                pass
            else:
                right, left = pop(), pop()
                if operation == "+":
                    push(left + right)
                elif operation == "-":
                    push(left - right)
                elif operation == "*":
                    push(left * right)
                elif operation == "/":
                    push(left // right)
                elif operation == "%":
                    push(left % right)
                elif operation == "<":
                    push(left < right)
                elif operation == "<=":
                    push(left <= right)
                elif operation == ">":
                    push(left > right)
                elif operation == "==":
                    push(left == right)
                elif operation == "!=":
                    push(left != right)
                else:
                    raise RuntimeError(operation)


def main():
    for _ in range(30):
        functions = Compiler(SOURCE).program()
    machine = Machine(functions)
    print(machine.run("main", 7000), machine.executed, sum(len(code) for _, _, code in functions.values()))


main()
