"""Strings: building, splitting, searching, formatting, regular expressions, encodings."""
import re

WORDS = "the quick brown fox jumps over the lazy dog while ten small boxes wait".split()


def caesar(text, shift):
    out = []
    for c in text:
        if "a" <= c <= "z":
            c = chr((ord(c) - 97 + shift) % 26 + 97)
        out.append(c)
    return "".join(out)


def is_palindrome(text):
    text = "".join(c for c in text.lower() if c.isalnum())
    return text == text[::-1]


def main():
    text = " ".join(WORDS[i * 7 % len(WORDS)] for i in range(4000))
    total = 0
    for i in range(40):
        total += len(caesar(text, i))
    for i in range(170000):
        line = f"{i:>8}|{i / 7:.3f}|{WORDS[i % 14]!r:<10}"
        fields = line.split("|")
        total += len(fields[1].strip()) + line.count("'") + line.find("|")
        if line.startswith("  ") and line.endswith(" "):
            total += 1
        total += len("%s-%d" % (fields[0], i)) + len(fields[2].upper().replace("O", "00"))
    for _ in range(40):
        total += len(re.findall(r"\b[a-z]*o[a-z]*\b", text)) + len(re.sub(r"(\w+) (\w+)", r"\2 \1", text))
    joined = ""
    for i in range(170000):
        joined += WORDS[i % 14]
    total += len(joined) + joined.count("ox") + hash(joined == joined[:-1] + joined[-1])
    for i in range(10000):
        total += is_palindrome("A man, a plan, a canal: Panama")
    accented = "žluťoučký kůň €uro 日本" * 200
    for _ in range(600):
        total += len(accented.encode("utf-8").decode("utf-8").title())
    print(total)


main()
