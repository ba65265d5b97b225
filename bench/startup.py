"""Start-up: the interpreter started forty times with nothing to do."""
import os
import sys


def main():
    for _ in range(40):
        process = os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], os.environ)
        _, status = os.waitpid(process, 0)
        if status:
            raise SystemExit(f"child ended with status {status}")
    print("started 40 times")


main()
