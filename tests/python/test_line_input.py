"""Lines from a terminal: input() and the dialogue, with and without readline."""
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest


def talk(sends, *arguments):
    """Run the interpreter on a terminal of its own; send each text once what comes before it is there. All it wrote."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "HOME": tempfile.gettempdir(), "PYTHONSTARTUP": "", "INPUTRC": os.devnull}
    child = subprocess.Popen([sys.executable, "-I", *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment,
                             start_new_session=True, close_fds=True)
    os.close(slave)
    written, seen = bytearray(), 0

    def read_until(mark, seconds=20.0):
        nonlocal seen
        end = time.monotonic() + seconds
        while True:
            if mark is not None and (found := written.find(mark, seen)) >= 0:
                seen = found + len(mark)
                return
            if not select.select([master], [], [], max(0, end - time.monotonic()))[0]:
                return
            try:
                part = os.read(master, 4096)
            except OSError:  # the other end is closed
                return
            if not part:
                return
            written.extend(part)

    try:
        for mark, text in sends:
            read_until(mark)
            if callable(text):
                time.sleep(0.2)
                text(child)
            else:
                os.write(master, text)
        read_until(None)
        child.wait(20)
    finally:
        child.kill()
        child.wait()
        os.close(master)
    return written.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n"), child.returncode


def interrupt(child):
    child.send_signal(signal.SIGINT)


class Input(unittest.TestCase):
    def ask(self, sends, program):
        return talk(sends, "-c", program)

    def test_readline_edits(self):
        text, status = self.ask([(b"name? ", b"Bxc\x01A\x0b\r")],
                                "import readline\nprint(ascii(input('name? ')), readline.get_current_history_length())")
        self.assertEqual(status, 0, text)
        self.assertIn("'A' 1\n", text)

    def test_without_readline(self):
        text, status = self.ask([(b"? ", "h\xe9llo\r".encode())], "print(ascii(input('? ')))")
        self.assertEqual(status, 0, text)
        self.assertIn("'h\\xe9llo'\n", text)

    def test_end(self):
        for module in ("sys", "readline"):
            text, status = self.ask([(b"? ", b"\x04")], f"import {module}\ntry: input('? ')\nexcept EOFError as e: print(repr(e))")
            self.assertIn("EOFError()\n", text)
            self.assertEqual(status, 0)

    def test_interrupt(self):
        for module in ("sys", "readline"):
            text, status = self.ask([(b"? ", interrupt)],
                                    f"import {module}\ntry: input('? ')\nexcept KeyboardInterrupt: print('stopped')")
            self.assertIn("stopped\n", text)
            self.assertEqual(status, 0)

    def test_null_in_prompt(self):
        text, status = self.ask([(b"a", b"line\r")], "print(ascii(input('a\\0b')))")
        self.assertIn("'line'\n", text)
        self.assertEqual(status, 0)

    def test_completion_and_hooks(self):
        program = ("import readline\nreadline.parse_and_bind('tab: complete')\n"
                   "readline.set_completer(lambda text, n: ['spam_and_eggs'][n] if n == 0 else None)\n"
                   "readline.set_startup_hook(lambda: readline.insert_text('see '))\nprint(ascii(input('? ')))")
        text, status = self.ask([(b"see ", b"spa\t\r")], program)
        self.assertEqual(status, 0, text)
        self.assertIn("'see spam_and_eggs", text)

    def test_many_lines(self):
        long_line = b"x" * 1000
        text, status = self.ask([(b"1? ", long_line + b"\r"), (b"2? ", b"b\r")], "print(len(input('1? ')), input('2? '))")
        self.assertEqual(status, 0)
        self.assertIn("1000 b\n", text)


class Dialogue(unittest.TestCase):
    def test_readline_history(self):
        text, status = talk([(b">>> ", b"import readline\r"), (b">>> ", b"6 * 7\r"), (b"42\r\n>>> ", b"\x10\r"),
                             (b"42\r\n>>> ", b"\x04")], "-q")
        self.assertEqual(status, 0, text)
        self.assertEqual(text.count("\n42\n"), 2, text)

    def test_interrupted_prompt(self):
        text, status = talk([(b">>> ", interrupt), (b"KeyboardInterrupt\r\n>>> ", b"print('on')\r"), (b"on\r\n>>> ", b"\x04")], "-q", "-S")
        self.assertIn("\nKeyboardInterrupt\n", text)
        self.assertIn("\non\n", text)
        self.assertEqual(status, 0)


if __name__ == "__main__":
    unittest.main()
