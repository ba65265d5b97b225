"""Imports: modules of the standard library, found, read from their cached code and run again and again."""
import importlib
import sys

MODULES = """argparse ast base64 bisect calendar cmd code colorsys configparser contextlib copy csv dataclasses difflib
dis email.message fileinput fnmatch fractions ftplib getopt gettext glob gzip heapq html html.parser imaplib inspect
json keyword linecache locale mimetypes netrc numbers optparse pathlib pdb pickle platform pprint queue quopri
random sched shelve shlex shutil smtplib statistics string tarfile tempfile textwrap timeit trace tokenize
urllib.parse urllib.request uuid wave zipfile""".split()


def main():
    for name in MODULES:
        importlib.import_module(name)
    loaded = 0
    for _ in range(8):
        for name in MODULES:
            del sys.modules[name]
        for name in MODULES:
            importlib.import_module(name)
            loaded += 1
    print(loaded, all(name in sys.modules for name in MODULES))


main()
