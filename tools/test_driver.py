"""Run the tests of one module and write down what became of each, as it happens.

    INTERPRETER tools/test_driver.py RESULTS MODULE [SKIP]

Runs under the interpreter that is tested, so it asks for little. RESULTS gets one line an event, words separated by
tabs: `start ID`, then `ok`, `fail`, `error`, `skip`, `xfail` or `xpass`, ID and a reason; `import` with a reason if the
module could not be imported; `end` at last. A process that dies leaves a `start` without its end. MODULE is a dotted
name or the path of a .py file; SKIP is a file of IDs not to run.
"""
import os
import sys


def one_line(text):
    return " ".join(str(text).split())[:300]


class Journal:
    def __init__(self, path):
        self.handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)

    def write(self, *words):
        line = "\t".join(words) + "\n"
        os.write(self.handle, line.encode("utf-8", "backslashreplace"))


def describe(error):
    kind, value = error[0], error[1]
    try:
        return one_line("%s: %s" % (kind.__name__, value))
    except Exception:
        return kind.__name__


def make_result(journal, unittest, skipped, print_error):
    class Result(unittest.TestResult):
        """Numbers the tests whose ids repeat: the second test_a is test_a#2."""

        seen = {}

        def startTest(self, test):
            super().startTest(test)
            number = self.seen[test.id()] = self.seen.get(test.id(), 0) + 1
            self.id = test.id() if number == 1 else "%s#%d" % (test.id(), number)
            self.outcome = None
            if self.id in skipped:
                self.outcome = ("skip", "done before")
                raise_skip(test)
            journal.write("start", self.id)

        def stopTest(self, test):
            if self.id not in skipped:
                journal.write(*((self.outcome or ("ok",))[:1] + (self.id,) + (self.outcome or ("ok",))[1:]))
            super().stopTest(test)

        def note(self, state, error, test):
            """A failure outside of a test (a fixture of a class or module) is a test of its own."""
            reason = describe(error)
            if hasattr(test, "_testMethodName") or hasattr(test, "_dt_test") or hasattr(test, "test_case"):
                if self.outcome is None or self.outcome[0] not in ("fail", "error"):
                    self.outcome = (state, reason)
            else:
                journal.write("start", test.id())
                journal.write(state, test.id(), reason)
            print_error(test, error)

        def addError(self, test, err):
            self.note("error", err, test)

        def addFailure(self, test, err):
            self.note("fail", err, test)

        def addSubTest(self, test, subtest, err):
            if err is not None:
                self.note("fail" if issubclass(err[0], test.failureException) else "error", err, subtest)

        def addSkip(self, test, reason):
            if hasattr(test, "_testMethodName"):
                if self.outcome is None:
                    self.outcome = ("skip", one_line(reason))
            else:
                journal.write("start", test.id())
                journal.write("skip", test.id(), one_line(reason))

        def addExpectedFailure(self, test, err):
            self.outcome = ("xfail",)

        def addUnexpectedSuccess(self, test):
            self.outcome = ("xpass",)

    def raise_skip(test):
        # Replaces the method for this run: unittest has no other way not to run a test that has started.
        if hasattr(test, "_testMethodName"):
            setattr(test, test._testMethodName, lambda *args: None)
            test.setUp = test.tearDown = lambda: None

    return Result()


def main():
    journal = Journal(sys.argv[1])
    target = sys.argv[2]
    skipped = set()
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as stream:
            skipped = set(stream.read().splitlines())
    sys.argv[1:] = []
    if target.endswith(".py"):
        folder, file_name = os.path.split(os.path.abspath(target))
        sys.path[0] = folder
        name = file_name[:-3]
    else:
        sys.path.pop(0)
        name = target
    try:
        import traceback
        import unittest

        def print_error(test, error):
            try:
                text = result._exc_info_to_string(error, test)
            except Exception:
                text = "".join(traceback.format_exception(*error))
            sys.stderr.write("== %s\n%s\n" % (test, text))
            sys.stderr.flush()

        result = make_result(journal, unittest, skipped, print_error)
        if name.startswith("test."):
            prepare_support(result)
        module = __import__(name, None, None, ["*"])
        run_module(module, name, unittest, result)
    except BaseException as error:
        journal.write("import", type(error).__name__, one_line(error))
        if type(error).__name__ != "SkipTest":
            import traceback
            traceback.print_exc()
    journal.write("end")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads and finalisers of the tests are not what is tested here


def run_module(module, name, unittest, result):
    main_function = getattr(module, "test_main", None) if name.startswith("test.") else None
    if main_function is not None:
        main_function()  # ends in support.run_unittest, which prepare_support took over
    else:
        unittest.defaultTestLoader.loadTestsFromModule(module).run(result)


def prepare_support(result):
    """Let what CPython's tests call to run themselves report to `result`; use no resource (network, audio, ...)."""
    from test import support
    support.use_resources = []
    support.verbose = 0

    def run_suite(suite):
        suite.run(result)

    def run_doctest(module, verbosity=None, optionflags=0):
        import doctest
        run_suite(doctest.DocTestSuite(module, optionflags=optionflags))
        return 0, 1

    support._run_suite = run_suite
    support.run_doctest = run_doctest


if __name__ == "__main__":
    main()
