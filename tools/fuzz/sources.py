"""Programs to start from: the standard library's own files, small ones first."""
import os
import sysconfig


def read(limit=40_000):
    folder = sysconfig.get_path("stdlib")
    texts = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".py") and os.path.getsize(path) < limit:
            with open(path, encoding="utf-8") as stream:
                texts.append(stream.read())
    return texts


def pieces(texts):
    """Parts of one to forty lines that may stand alone: they start in the first column."""
    found = []
    for text in texts:
        lines = text.splitlines(True)
        starts = [i for i, line in enumerate(lines) if line[:1].isalpha() or line[:1] in "@_"] + [len(lines)]
        for begin, end in zip(starts, starts[1:]):
            if end - begin <= 40:
                found.append("".join(lines[begin:end]))
    return found


def compiled(texts):
    """Code objects of the pieces that are whole programs."""
    for text in pieces(texts):
        try:
            yield compile(text, "<fuzz>", "exec")
        except SyntaxError:
            pass
