"""An interpreter of a small language: tokens, a parser by precedence, closures."""
import operator
import re
import sys

TOKEN = re.compile(r"""
    (?P<number>\d+(?:\.\d+)?) | (?P<string>"[^"\n]*") | (?P<name>[A-Za-z_]\w*) | (?P<comment>\#[^\n]*)
    | (?P<operator>==|!=|<=|>=|->|[-+*/%<>=!(){}\[\],;.]) | (?P<space>\s+) | (?P<bad>.)
""", re.VERBOSE)
KEYWORDS = {"let", "fn", "if", "else", "while", "return", "and", "or", "not", "true", "false", "nil"}
BINARY = {"or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}
FUNCTIONS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
             ">=": operator.ge, "+": operator.add, "-": operator.sub, "*": operator.mul, "%": operator.mod,
             "/": lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) and a % b == 0 else a / b}


class LanguageError(Exception):
    def __init__(self, message, line):
        super().__init__(f"line {line}: {message}")


class Return(Exception):
    def __init__(self, value):
        self.value = value


def tokenize(source):
    line = 1
    for match in TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind == "bad":
            raise LanguageError(f"strange character {text!r}", line)
        if kind not in ("space", "comment"):
            yield (text if kind == "operator" or text in KEYWORDS else kind), text, line
        line += text.count("\n")
    yield "end", "", line


class Parser:
    def __init__(self, source):
        self.tokens = list(tokenize(source))
        self.place = 0

    @property
    def kind(self):
        return self.tokens[self.place][0]

    def take(self, kind=None):
        token = self.tokens[self.place]
        if kind is not None and token[0] != kind:
            raise LanguageError(f"expected {kind}, found {token[1] or 'the end'}", token[2])
        self.place += 1
        return token

    def accept(self, kind):
        if self.kind == kind:
            return self.take()
        return None

    def program(self):
        statements = []
        while self.kind != "end":
            statements.append(self.statement())
        return ("block", statements)

    def block(self):
        self.take("{")
        statements = []
        while not self.accept("}"):
            statements.append(self.statement())
        return ("block", statements)

    def statement(self):
        if self.accept("let"):
            name = self.take("name")[1]
            self.take("=")
            value = self.expression()
            self.take(";")
            return ("let", name, value)
        if self.accept("if"):
            condition, then = self.expression(), self.block()
            otherwise = None
            if self.accept("else"):
                otherwise = self.statement() if self.kind == "if" else self.block()
            return ("if", condition, then, otherwise)
        if self.accept("while"):
            return ("while", self.expression(), self.block())
        if self.accept("return"):
            value = ("constant", None) if self.kind == ";" else self.expression()
            self.take(";")
            return ("return", value)
        line = self.tokens[self.place][2]
        value = self.expression()
        if self.accept("="):
            if value[0] not in ("name", "index"):
                raise LanguageError("cannot assign to this", line)
            value = ("assign", value, self.expression())
        self.take(";")
        return ("expression", value)

    def expression(self, least=1):
        left = self.unary()
        while BINARY.get(self.kind, 0) >= least:
            kind, _, line = self.take()
            right = self.expression(BINARY[kind] + 1)
            left = (kind if kind in ("and", "or") else "binary", kind, left, right, line)
        return left

    def unary(self):
        if self.accept("-"):
            return ("negative", self.unary())
        if self.accept("not"):
            return ("not", self.unary())
        value = self.primary()
        while self.kind in ("(", "["):
            line = self.tokens[self.place][2]
            if self.accept("("):
                value = ("call", value, self.items(")"), line)
            else:
                self.take("[")
                value = ("index", value, self.expression(), line)
                self.take("]")
        return value

    def items(self, closing):
        values = []
        while not self.accept(closing):
            values.append(self.expression())
            if self.kind != closing:
                self.take(",")
        return values

    def primary(self):
        kind, text, line = self.take()
        match kind:
            case "number":
                return ("constant", float(text) if "." in text else int(text))
            case "string":
                return ("constant", text[1:-1])
            case "true" | "false":
                return ("constant", kind == "true")
            case "nil":
                return ("constant", None)
            case "name":
                return ("name", text, line)
            case "(":
                value = self.expression()
                self.take(")")
                return value
            case "[":
                return ("list", self.items("]"))
            case "fn":
                self.take("(")
                parameters = []
                while not self.accept(")"):
                    parameters.append(self.take("name")[1])
                    if self.kind != ")":
                        self.take(",")
                return ("function", parameters, self.block())
        raise LanguageError(f"did not expect {text or 'the end'}", line)


class Scope(dict):
    def __init__(self, parent=None):
        super().__init__()
        self.parent = parent

    def find(self, name, line):
        scope = self
        while scope is not None:
            if name in scope:
                return scope
            scope = scope.parent
        raise LanguageError(f"there is no {name}", line)


def show(value):
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    return "a function" if callable(value) else str(value)


def run(node, scope):
    match node:
        case ("constant", value):
            return value
        case ("name", name, line):
            return scope.find(name, line)[name]
        case ("binary", symbol, left, right, line):
            left, right = run(left, scope), run(right, scope)
            try:
                return FUNCTIONS[symbol](left, right)
            except (TypeError, ZeroDivisionError) as error:
                raise LanguageError(f"{show(left)} {symbol} {show(right)} has no value", line) from error
        case ("and", _, left, right, _):
            return run(left, scope) and run(right, scope)
        case ("or", _, left, right, _):
            return run(left, scope) or run(right, scope)
        case ("call", function, arguments, line):
            function = run(function, scope)
            if not callable(function):
                raise LanguageError(f"{show(function)} is not a function", line)
            return function(*[run(each, scope) for each in arguments])
        case ("index", container, index, line):
            try:
                return run(container, scope)[run(index, scope)]
            except (IndexError, TypeError) as error:
                raise LanguageError(f"no such place: {error}", line) from error
        case ("block", statements):
            for statement in statements:
                run(statement, scope)
        case ("expression", value):
            run(value, scope)
        case ("let", name, value):
            scope[name] = run(value, scope)
        case ("assign", ("name", name, line), value):
            scope.find(name, line)[name] = run(value, scope)
        case ("assign", ("index", container, index, _), value):
            run(container, scope)[run(index, scope)] = run(value, scope)
        case ("if", condition, then, otherwise):
            if run(condition, scope):
                run(then, Scope(scope))
            elif otherwise is not None:
                run(otherwise, Scope(scope))
        case ("while", condition, body):
            while run(condition, scope):
                run(body, Scope(scope))
        case ("return", value):
            raise Return(run(value, scope))
        case ("list", values):
            return [run(each, scope) for each in values]
        case ("negative", value):
            return -run(value, scope)
        case ("not", value):
            return not run(value, scope)
        case ("function", parameters, body):
            def function(*arguments):
                local = Scope(scope)
                local.update(zip(parameters, arguments, strict=True))
                try:
                    run(body, local)
                except Return as result:
                    return result.value
            return function


def execute(source):
    scope = Scope()
    scope.update(print=lambda *values: print(*map(show, values)), len=len, push=list.append, text=show)
    try:
        run(Parser(source).program(), scope)
    except LanguageError as error:
        print("error:", error)


PROGRAMS = ["""
# closures
let make_counter = fn() { let n = 0; return fn() { n = n + 1; return n; }; };
let a = make_counter(); let b = make_counter();
a(); a();
print("counters", a(), b());
""", """
# recursion and lists
let fib = fn(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); };
let values = []; let i = 0;
while i <= 15 { push(values, fib(i)); i = i + 1; }
print(values, len(values));
""", """
# higher order: quicksort
let filter = fn(f, xs) { let out = []; let i = 0; while i < len(xs) { if f(xs[i]) { push(out, xs[i]); } i = i + 1; } return out; };
let sort = fn(xs) {
  if len(xs) < 2 { return xs; }
  let pivot = xs[0];
  return sort(filter(fn(x) { return x < pivot; }, xs)) + filter(fn(x) { return x == pivot; }, xs)
       + sort(filter(fn(x) { return x > pivot; }, xs));
};
print(sort([31, 4, 15, 92, 65, 35, 89, 79, 32, 38, 46, 26, 4]));
""", """
# primes
let sieve = fn(n) {
  let marks = []; let i = 0;
  while i < n { push(marks, true); i = i + 1; }
  let primes = []; i = 2;
  while i < n {
    if marks[i] { push(primes, i); let j = i * i; while j < n { marks[j] = false; j = j + i; } }
    i = i + 1;
  }
  return primes;
};
let p = sieve(2000);
print(len(p), "primes below 2000, the last is", p[len(p) - 1], 7 / 2, 8 / 2, -3 % 5, not nil and "yes");
""", "let x = 1;\nprint(x + nothing);", "let x = ;", 'print(1 +\n"one");', "let f = 3;\n\nf(1);", "print([1, 2][5]);", "1 = 2;"]

if __name__ == "__main__":
    if len(sys.argv) > 1:
        with open(sys.argv[1], encoding="utf-8") as stream:
            execute(stream.read())
    else:
        for program in PROGRAMS:
            execute(program)
