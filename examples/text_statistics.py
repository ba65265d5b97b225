"""Statistics of a large text file: words, lengths, n-grams, readability.

Writes its own text of about 1.5 MB, so that it needs no input.
"""
import collections
import os
import random
import re
import string
import tempfile

SYLLABLES = "ka lo mi ne tu ra si po de ba fi gu ho ja ve zu an er ol is".split()


def write_text(path, sentences):
    rng = random.Random(2026)  # the same text on every machine
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(3000)]
    with open(path, "w", encoding="utf-8") as stream:
        for index in range(sentences):
            # A few words are frequent, most are rare.
            words = [vocabulary[int(3000 ** rng.random()) - 1] for _ in range(rng.randint(4, 17))]
            words[0] = words[0].capitalize()
            if len(words) > 9:
                words[5] += ","
            stream.write(" ".join(words) + rng.choice("...!?"))
            stream.write("\n\n" if index % 7 == 6 else "\n" if index % 3 == 2 else " ")


def syllables(word):
    return max(1, len(re.findall("[aeiou]+", word)))


def main():
    handle, path = tempfile.mkstemp(suffix=".txt")
    os.close(handle)
    try:
        write_text(path, 24000)
        words, pairs = collections.Counter(), collections.Counter()
        letters = collections.Counter()
        lengths = collections.defaultdict(int)
        lines = paragraphs = sentences = 0
        previous = None
        with open(path, encoding="utf-8") as stream:
            for line in stream:
                lines += 1
                if not line.strip():
                    paragraphs += 1
                    continue
                sentences += len(re.findall(r"[.!?](?:\s|$)", line))
                letters.update(c for c in line.lower() if c in string.ascii_lowercase)
                for word in re.findall(r"[a-z]+", line.lower()):
                    words[word] += 1
                    lengths[len(word)] += 1
                    if previous is not None:
                        pairs[previous, word] += 1
                    previous = word
        total = words.total()
        print(f"{os.path.getsize(path):,} bytes, {lines:,} lines, {paragraphs:,} paragraphs, {sentences:,} sentences")
        print(f"{total:,} words, {len(words):,} different, {sum(1 for n in words.values() if n == 1):,} only once")
        print("\nmost frequent words")
        for word, count in sorted(words.items(), key=lambda item: (-item[1], item[0]))[:8]:
            print(f"  {word:<10} {count:>7,} {count / total:7.2%} {'#' * (count * 200 // total)}")
        print("\nmost frequent pairs")
        for (first, second), count in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:5]:
            print(f"  {first + ' ' + second:<16} {count:>6,}")
        print("\nlengths of words")
        for length in sorted(lengths):
            print(f"  {length:>2} {lengths[length]:>7,} {'*' * (lengths[length] * 60 // total)}")
        print("\nletters:", " ".join(f"{letter}{count * 1000 // letters.total()}" for letter, count in letters.most_common()))
        ease = 206.835 - 1.015 * total / sentences - 84.6 * sum(syllables(w) * n for w, n in words.items()) / total
        print(f"reading ease: {ease:.1f}")
    finally:
        os.remove(path)


if __name__ == "__main__":
    main()
