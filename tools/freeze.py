"""Compile modules of the standard library into a C++ table. Runs under Adder itself, at build time.

    adder tools/freeze.py LIBRARY OUTPUT.cpp FILE...

FILE is a path below LIBRARY; its module's name makes the code's file name, `<frozen importlib._bootstrap>`. The table is
described in src/import/frozen.h.
"""
import marshal
import os
import sys


def main(library, output, *paths):
    lines = ['// frozen_code: made by tools/freeze.py.\n#include "import/frozen.h"\n\nnamespace adder {\n']
    entries = []
    for number, path in enumerate(paths):
        full = os.path.join(library, path)
        with open(full, "rb") as file:
            source = file.read()
        status = os.stat(full)
        name = path[: -len(".py")].removesuffix("/__init__").replace("/", ".")
        data = marshal.dumps(compile(source, f"<frozen {name}>", "exec", dont_inherit=True, optimize=0))
        lines.append(f"static constexpr unsigned char code_{number}[] = {{\n")
        for start in range(0, len(data), 32):
            lines.append(",".join(map(str, data[start : start + 32])) + ",\n")
        lines.append("};\n")
        entries.append(f'    {{"{path}", code_{number}, sizeof code_{number}, {status.st_size}, {int(status.st_mtime)}}},\n')
    lines.append("extern const FrozenCode frozen_code[] = {\n" + "".join(entries) + "    {nullptr, nullptr, 0, 0, 0},\n};\n")
    lines.append("}  // namespace adder\n")
    with open(output, "w") as file:
        file.write("".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
