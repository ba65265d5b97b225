"""Patterns put together from parts that fit and parts that do not, tried on short strings."""
import re
import warnings

EXPECTED = (re.error, RecursionError, OverflowError, MemoryError, ValueError, TypeError, IndexError)
ATOMS = list("ab.\\|()[]{}^$*+?-,:=!<>0123#") + [
    "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\b", "\\B", "\\A", "\\Z", "\\1", "\\2", "\\0", "\\x41", "\\u20ac", "\\N{DIGIT ONE}", "[ab]",
    "[^a]", "[a-z]", "[]a]", "[\\d-x]", "(a)", "(?:b)", "(?P<n>a)", "(?P=n)", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", "(?i:a)", "(?-i:b)",
    "(?s)", "(?x)", "(?>a*)", "a*+", "a++", "a?+", "a{2,3}+", "{2}", "{1,}", "{,2}", "{0,1}", "*?", "+?", "??", "(?(1)a|b)",
    "(?#x)", "\u00e9", "\U0001f600", "(|a)", "(a*)*", "(a|b)*", "(?:a|ab)(?:c|bcd)"]
TEXT = "aabbA1 _\n\u00e9\u20ac\U0001f600c-d"


def cases(random):
    while True:
        pattern = "".join(random.choice(ATOMS) for _ in range(random.randrange(1, 12)))
        text = "".join(random.choice(TEXT) for _ in range(random.randrange(0, 14)))
        yield pattern, text, random.choice((0, 0, re.I, re.M, re.S, re.X, re.A, re.I | re.S)), random.randrange(3) == 0


def run(case):
    pattern, text, flags, as_bytes = case
    if as_bytes:
        pattern, text = pattern.encode("latin-1", "replace"), text.encode("latin-1", "replace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = re.compile(pattern, flags)
    re.purge()
    for match in (compiled.search(text), compiled.match(text, 1), compiled.fullmatch(text)):
        if match:
            match.groups(), match.groupdict(), match.span(), match.regs, repr(match)
            match.expand("\\g<0>" if not as_bytes else b"\\g<0>")
    compiled.findall(text)
    compiled.split(text)
    compiled.sub(text[:1], text)
    list(compiled.scanner(text).search for _ in range(2))
