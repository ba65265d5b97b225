# subprocess: errors of the child, and what a script finds open.
import os
import subprocess
import sys
import tempfile
import unittest


class ChildTest(unittest.TestCase):
    def test_bad_directory(self):
        with self.assertRaises(FileNotFoundError) as caught:
            subprocess.Popen([sys.executable, "-c", ""], cwd="/no/such/directory")
        self.assertEqual(caught.exception.filename, "/no/such/directory")

    def test_group_out_of_range(self):
        with self.assertRaisesRegex(ValueError, "invalid group id"):
            subprocess.Popen([sys.executable, "-c", ""], extra_groups=[2**64])
        with self.assertRaisesRegex(OverflowError, "gid is greater than maximum"):
            subprocess.Popen([sys.executable, "-c", ""], group=2**64)

    def test_script_is_closed(self):
        with tempfile.TemporaryDirectory() as directory:
            script = os.path.join(directory, "script.py")
            with open(script, "w") as stream:
                stream.write("import os\n"
                             "for fd in os.listdir('/proc/self/fd'):\n"
                             "    try:\n"
                             "        print(os.readlink('/proc/self/fd/' + fd))\n"
                             "    except OSError:\n"
                             "        pass\n")
            output = subprocess.check_output([sys.executable, script], text=True)
        self.assertNotIn("script.py", output)


if __name__ == "__main__":
    unittest.main()
