"""What the test runners share: processes with a time limit, and modules of tests run by test_driver.py."""
import concurrent.futures
import os
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DRIVER = os.path.join(ROOT, "tools", "test_driver.py")
JOBS = 2

# A shell's background jobs ignore SIGINT, and what we start would inherit that: tests get what a terminal's programs get.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def find_python_headers():
    """The folder of CPython 3.11's Python.h (Debian: libpython3.11-dev), or None. Nothing else names that folder."""
    for folder in (os.environ.get("ADDER_PYTHON_HEADERS"), "/usr/include/python3.11", "/usr/local/include/python3.11"):
        if folder and os.path.exists(os.path.join(folder, "Python.h")):
            return folder
    return None


PYTHON_HEADERS = find_python_headers()


def run(command, timeout, cwd=ROOT, environment=None):
    """Status (negative: signal; None: time is up), standard output, standard error.

    Files, not pipes: a child that outlives the process must not keep us waiting. The whole process group is ended.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   start_new_session=True, env=environment)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read(1 << 24).decode("utf-8", "replace"))
    return status, *texts


def how_it_ended(status):
    if status is None:
        return "ran out of time"
    if status < 0:
        try:
            return "died of " + signal.Signals(-status).name
        except ValueError:
            return f"died of signal {-status}"
    return f"exit status {status}"


def test_environment():
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.update(LC_ALL="C.UTF-8", TZ="UTC", PYTHONHASHSEED="0")
    return environment


def parallel(function, items, jobs=JOBS):
    """The results of function(item), in order, `jobs` items at once."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(function, items)


def run_module(interpreter, module, timeout, restarts=10, memory=None):
    """Run the tests of `module` (a .py file or a dotted name), each to its end.

    Gives rows (state, id, reason) and what the processes printed. State is ok, fail, error, skip, xfail, xpass; crash
    or timeout if the process died or stood still in that test (it is started again without the tests that are done);
    import if nothing could run. `memory`: limit of the address space, in bytes.
    """
    name = os.path.splitext(os.path.basename(module))[0] if module.endswith(".py") else module
    rows, output, done = [], [], set()
    deadline = time.monotonic() + timeout
    folder = tempfile.mkdtemp(prefix="adder-test-")
    try:
        for attempt in range(restarts + 1):
            results = os.path.join(folder, f"results{attempt}")
            skip = os.path.join(folder, "skip")
            with open(skip, "w", encoding="utf-8") as stream:
                stream.writelines(each + "\n" for each in done)
            work = os.path.join(folder, f"work{attempt}")
            os.mkdir(work)
            command = [interpreter, "-X", "faulthandler", DRIVER, results, module, skip]
            if memory:
                command = ["prlimit", f"--as={memory}"] + command
            status, out, err = run(command, max(1, deadline - time.monotonic()), cwd=work,
                                   environment=test_environment())
            output += [out, err]
            running, ended, progress = None, False, False
            for kind, *words in read_results(results):
                if kind == "start":
                    running = words[0]
                elif kind == "end":
                    ended = True
                elif kind == "import":
                    rows.append(("skip" if words[0] == "SkipTest" else "import", name, ": ".join(words)))
                elif words[0] not in done:
                    rows.append((kind, words[0], words[1] if len(words) > 1 else ""))
                    done.add(words[0])
                    running, progress = None, True
            if ended:
                break
            state = "timeout" if status is None else "crash"
            rows.append((state, running or name, how_it_ended(status)))
            if status is None or (running is None and not progress):
                break
            done.add(running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not rows:
        rows.append(("error", name, "no tests ran"))
    return rows, "".join(output)


def read_results(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as stream:
        return [line.rstrip("\n").split("\t") for line in stream if line.endswith("\n")]
