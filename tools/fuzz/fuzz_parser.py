"""Source text: real programs with tokens and bytes dropped, doubled, swapped and put in."""
import ast
import io
import re
import tokenize
import warnings

import sources

EXPECTED = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, tokenize.TokenError)
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
ODD = ["(", ")", "[", "]", "{", "}", ":", ";", ",", ".", "...", "=", ":=", "->", "*", "**", "@", "\\\n", "\n", "\t", "\f", "    ",
       "'", '"', "'''", 'f"', "f'{", "}'", "rb'", "\\N{", "\\x", "\\u12", "0x", "0_", "1e", "1j", "0777", "lambda", "yield", "await",
       "async", "match", "case", "_", "print", "del", "None", "not", "in", "is", "if", "else", "for", "with", "as", "import",
       "from", "global", "nonlocal", "class", "def", "return", "try", "except", "except*", "finally", "raise", "assert", "\0",
       "\ufeff", "\u00e9", "\u2028", "\U0001f600", "\ud800", "# type: ignore", "# -*- coding: latin-1 -*-\n", "$", "?", "!", "`", "<>",
       "!=", "~", "(" * 150, "[" * 250, "-" * 300, "x." * 500, "if 1:\n" + " if 1:\n"]


def mutate(random, text):
    tokens = TOKEN.findall(text)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        if not tokens:
            break
        at = random.randrange(len(tokens))
        what = random.randrange(6)
        if what == 0:
            del tokens[at]
        elif what == 1:
            tokens.insert(at, random.choice(ODD))
        elif what == 2:
            tokens[at] = random.choice(ODD)
        elif what == 3:
            tokens.insert(at, tokens[random.randrange(len(tokens))])
        elif what == 4:
            other = random.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        else:
            del tokens[at:at + random.randrange(20)]
    return "".join(tokens)


def cases(random):
    parts = sources.pieces(sources.read())
    while True:
        text = mutate(random, random.choice(parts))
        kind = random.choice(("exec", "exec", "exec", "eval", "single", "func_type", "tokens", "bytes"))
        if kind == "bytes":
            data = bytearray(text.encode("utf-8", "surrogatepass"))
            for _ in range(random.randrange(4)):
                if data:
                    data[random.randrange(len(data))] = random.randrange(256)
            yield kind, bytes(data)
        else:
            yield kind, text


def run(case):
    kind, text = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "tokens":
            for _ in tokenize.generate_tokens(io.StringIO(text).readline):
                pass
        elif kind == "bytes":
            compile(text, "<fuzz>", "exec")
        elif kind == "func_type":
            ast.parse(text, mode="func_type")
        else:
            compile(text, "<fuzz>", kind)
            ast.parse(text, mode=kind, type_comments=True)
