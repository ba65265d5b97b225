#!/usr/bin/env python3
"""Run the command lines of tests/commands/commands.toml under Adder and python3.11 and compare.

    tools/check_commands.py [--adder PATH] [--oracle PATH] [-k PATTERN] [-v]

Prints `ok NAME` or `bad NAME: reason` a line; the status is 1 if any differs.
"""
import argparse
import difflib
import fnmatch
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request

from harness import ROOT, how_it_ended, parallel, run, test_environment

COMMANDS = os.path.join(ROOT, "tests", "commands", "commands.toml")
TIMEOUT = 120


def write_json(path, megabytes):
    """Nested records with every kind of value; the same for every run."""
    rng = random.Random(10)
    words = ["alpha", "beta", "naïve", "日本", 'quote"d', "back\\slash", "new\nline", ""]

    def record(depth):
        value = {"id": rng.randrange(10 ** 12), "name": rng.choice(words) * rng.randint(1, 3), "ratio": rng.random() * 1e3,
                 "flags": [rng.random() < 0.5 for _ in range(4)], "none": None, "small": rng.random() * 1e-9}
        if depth:
            value["children"] = [record(depth - 1) for _ in range(rng.randint(1, 3))]
        return value

    size, records = 0, []
    while size < megabytes * 1000000:
        records.append(record(3))
        size += len(json.dumps(records[-1]))
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(records, stream)


def execute(interpreter, command, stdlib):
    """Status, output and errors of one command, in a folder of its own."""
    folder = tempfile.mkdtemp(prefix="adder-command-")
    try:
        for name, text in command.get("files", {}).items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(text)
        if "json_mb" in command:
            write_json(os.path.join(folder, "big.json"), command["json_mb"])
        environment = test_environment() | command.get("env", {})
        if "before" in command:
            done = run([interpreter, *command["before"]], TIMEOUT, cwd=folder, environment=environment)
            if done[0] != 0:
                return done
        args = [interpreter] + [each.replace("{stdlib}", stdlib) for each in command["args"]]
        if "stdin" in command or "stdout" in command:
            with open("/dev/full" if command.get("stdout") == "full" else os.devnull, "wb") as full:
                try:
                    done = subprocess.run(args, input=command.get("stdin", "").encode(), cwd=folder, env=environment,
                                          stdout=full if "stdout" in command else subprocess.PIPE,
                                          stderr=subprocess.PIPE, timeout=TIMEOUT)
                except subprocess.TimeoutExpired:
                    return None, "", ""
            status, out, err = done.returncode, (done.stdout or b"").decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        else:
            status, out, err = run(args, TIMEOUT, cwd=folder, environment=environment)
        # What names the interpreter or the folder is the same for both. Sources of our own modules are elsewhere.
        clean = []
        for text in (out, err):
            text = text.replace(folder, "FOLDER").replace(stdlib, "STDLIB").replace(os.path.join(ROOT, "lib"), "STDLIB")
            text = text.replace(interpreter, "PYTHON")
            text = re.sub(rf"(?<![\w/]){re.escape(os.path.basename(interpreter))}(?!\w)", "PYTHON", text)
            for pattern in command.get("ignore", ()):
                text = re.sub(pattern, "IGNORED", text)
            clean.append(re.sub(r"0x[0-9a-f]{6,}", "0x...", text))
        return status, *clean
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def difference(expected, got):
    lines = list(difflib.unified_diff(expected.splitlines(), got.splitlines(), "python3.11", "adder", lineterm="", n=0))
    return "\n".join(lines[2:30])


def check(interpreter, oracle, command, stdlib):
    """None, or what differs: a line and the details."""
    status, out, err = execute(interpreter, command, stdlib)
    if "expect" in command:
        their_status, their_out, their_err = 0, command["expect"], ""
    else:
        their_status, their_out, their_err = execute(oracle, command, stdlib)
    only = command.get("only", ("status", "stdout", "stderr"))
    if "status" in only and status != their_status:
        return f"{how_it_ended(status)}, python3.11: {how_it_ended(their_status)}", err[-2000:]
    if "stdout" in only and out != their_out:
        return "prints something else", difference(their_out, out)
    if "stderr" in only and err != their_err:
        return "prints other errors", difference(their_err, err)
    return None


def check_http_server(interpreter):
    """-m http.server must serve a file and a listing."""
    with tempfile.TemporaryDirectory() as folder:
        text = "served é\n" * 1000
        with open(os.path.join(folder, "file.txt"), "w", encoding="utf-8") as stream:
            stream.write(text)
        process = subprocess.Popen([interpreter, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"], cwd=folder,
                                   env=test_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            line = process.stdout.readline().decode()
            match = re.search(r"port (\d+)", line)
            if match is None:
                process.kill()
                return "did not start", process.stderr.read().decode(errors="replace")[-2000:]
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            base = f"http://127.0.0.1:{match[1]}/"
            with opener.open(base + "file.txt", timeout=20) as response:
                if response.read().decode() != text or response.headers.get_content_type() != "text/plain":
                    return "serves something else", ""
            with opener.open(base, timeout=20) as response:
                if '<a href="file.txt">' not in response.read().decode():
                    return "lists something else", ""
            return None
        except OSError as error:
            return f"does not answer: {error}", ""
        finally:
            process.kill()
            process.communicate()


def results(adder, oracle, wanted=lambda name: True):
    """(name, None or (reason, details)) of each command."""
    with open(COMMANDS, "rb") as stream:
        commands = {name: command for name, command in tomllib.load(stream).items() if wanted(name)}
    stdlib = subprocess.run([oracle, "-c", "import os; print(os.path.dirname(os.__file__))"], capture_output=True,
                            text=True, check=True).stdout.strip()
    checks = [(name, lambda command=command: check(adder, oracle, command, stdlib)) for name, command in commands.items()]
    if wanted("http_server"):
        checks.append(("http_server", lambda: check_http_server(adder)))
    yield from parallel(lambda each: (each[0], each[1]()), checks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adder", default=os.path.join(ROOT, "build", "release", "adder"))
    parser.add_argument("--oracle", default="/usr/bin/python3.11")
    parser.add_argument("-k", metavar="PATTERN", default="")
    parser.add_argument("-v", action="store_true", help="print what differs")
    options = parser.parse_args()
    bad = 0
    for name, problem in results(options.adder, options.oracle, lambda name: fnmatch.fnmatch(name, f"*{options.k}*")):
        print(f"ok {name}" if problem is None else f"bad {name}: {problem[0]}")
        if problem is not None:
            bad += 1
            if options.v:
                print("".join(f"    {line}\n" for line in problem[1].splitlines()), end="")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
