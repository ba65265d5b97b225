"""binascii, zlib, array, _sha3, _blake2: values from RFCs and invariants."""
import array
import binascii
import collections.abc
import copy
import hashlib
import pickle
import unittest
import zlib


class BinasciiTest(unittest.TestCase):
    def test_round_trips(self):
        for size in (0, 1, 2, 3, 44, 45):
            data = bytes(range(200, 200 + size))
            self.assertEqual(binascii.a2b_uu(binascii.b2a_uu(data)), data)
            self.assertEqual(binascii.a2b_base64(binascii.b2a_base64(data)), data)
            self.assertEqual(binascii.unhexlify(binascii.hexlify(data)), data)
            self.assertEqual(binascii.a2b_qp(binascii.b2a_qp(data, istext=False)), data)

    def test_base64(self):
        self.assertEqual(binascii.b2a_base64(b"foob", newline=False), b"Zm9vYg==")
        self.assertEqual(binascii.a2b_base64("Zm 9v\nYg=="), b"foob")
        with self.assertRaisesRegex(binascii.Error, "Excess data after padding"):
            binascii.a2b_base64(b"Zg==x", strict_mode=True)
        with self.assertRaisesRegex(binascii.Error, "1 more than a multiple of 4"):
            binascii.a2b_base64(b"abcde")
        with self.assertRaisesRegex(binascii.Error, "^Incorrect padding$"):
            binascii.a2b_base64(b"abc")

    def test_hex(self):
        self.assertEqual(binascii.hexlify(b"\x01\x02\x03\x04\x05", "-", 2), b"01-0203-0405")
        self.assertEqual(binascii.hexlify(b"\x01\x02\x03\x04\x05", b"-", -2), b"0102-0304-05")
        with self.assertRaisesRegex(binascii.Error, "Odd-length string"):
            binascii.unhexlify("abc")

    def test_quoted_printable(self):
        self.assertEqual(binascii.b2a_qp(b"a=b \n.\n\xff"), b"a=3Db=20\n=2E\n=FF")
        self.assertEqual(binascii.a2b_qp(b"a=3Db=\n c_d", header=True), b"a=b c d")
        self.assertTrue(all(len(line) <= 76 for line in binascii.b2a_qp(b"x" * 300).split(b"\n")))

    def test_checksums(self):
        self.assertEqual(binascii.crc32(b"123456789"), 0xCBF43926)
        self.assertEqual(binascii.crc_hqx(b"123456789", 0), 0x31C3)
        self.assertEqual(zlib.adler32(b"Wikipedia"), 0x11E60398)
        self.assertEqual(zlib.crc32(b"6789", zlib.crc32(b"12345")), 0xCBF43926)


class ZlibTest(unittest.TestCase):
    data = b"a rose is a rose is a rose " * 2000

    def test_pieces(self):
        for bits in (15, -15, 31):
            packer = zlib.compressobj(9, wbits=bits)
            packed = b"".join(packer.compress(self.data[i : i + 777]) for i in range(0, len(self.data), 777))
            packed += packer.flush()
            unpacker = zlib.decompressobj(bits)
            out = unpacker.decompress(packed[:20], 5)
            while not unpacker.eof:
                out += unpacker.decompress(unpacker.unconsumed_tail + packed[20:] if len(out) < 6 else unpacker.unconsumed_tail, 1000)
            self.assertEqual(out, self.data)

    def test_rest_and_copy(self):
        packed = zlib.compress(self.data)
        unpacker = zlib.decompressobj()
        head = unpacker.decompress(packed[:30])
        other = copy.copy(unpacker)
        self.assertEqual(head + unpacker.decompress(packed[30:] + b"rest"), self.data)
        self.assertEqual(unpacker.unused_data, b"rest")
        self.assertEqual(head + other.decompress(packed[30:]), self.data)

    def test_errors(self):
        with self.assertRaisesRegex(zlib.error, "Error -3 while decompressing data: incorrect header check"):
            zlib.decompress(b"nonsense")
        with self.assertRaisesRegex(zlib.error, "Error -5 while decompressing data: incomplete or truncated stream"):
            zlib.decompress(zlib.compress(self.data)[:-1])
        with self.assertRaisesRegex(zlib.error, "Bad compression level"):
            zlib.compress(b"", 10)

    def test_dictionary(self):
        packer = zlib.compressobj(zdict=b"a rose is")
        packed = packer.compress(b"a rose is") + packer.flush()
        self.assertEqual(zlib.decompressobj(zdict=b"a rose is").decompress(packed), b"a rose is")
        with self.assertRaises(zlib.error):
            zlib.decompressobj().decompress(packed)


class ArrayTest(unittest.TestCase):
    def test_limits(self):
        for code, low, high in (("b", -128, 127), ("H", 0, 65535), ("i", -(2**31), 2**31 - 1), ("Q", 0, 2**64 - 1)):
            self.assertEqual(array.array(code, [low, high]).tolist(), [low, high])
            for value in (low - 1, high + 1):
                self.assertRaises(OverflowError, array.array, code, [value])
        self.assertRaises(TypeError, array.array, "i", [1.5])

    def test_slices(self):
        a = array.array("h", range(10))
        a[2:4] = array.array("h", [7, 7, 7])
        self.assertEqual(a.tolist(), [0, 1, 7, 7, 7, 4, 5, 6, 7, 8, 9])
        del a[::3]
        self.assertEqual(a.tolist(), [1, 7, 7, 4, 6, 7, 9])
        a[::-2] = array.array("h", [0] * 4)
        self.assertEqual(a.tolist(), [0, 7, 0, 4, 0, 7, 0])
        a[:] = a * 2
        self.assertEqual(len(a), 14)

    def test_exports(self):
        a = array.array("i", [1, 2, 3])
        with memoryview(a) as view:
            self.assertEqual(view.format, "i")
            view[0] = 9
            for change in (lambda: a.append(1), a.pop, lambda: a.__delitem__(0), lambda: a.remove(2)):
                self.assertRaises(BufferError, change)
        self.assertEqual(a.tolist(), [9, 2, 3])

    def test_pickle(self):
        for code in array.typecodes:
            a = array.array(code, "ab" if code == "u" else [1, 2])
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                self.assertEqual(pickle.loads(pickle.dumps(a, protocol)), a)
        self.assertIsInstance(a, collections.abc.MutableSequence)
        foreign = array._array_reconstructor(array.array, "i", 9, b"\x00\x00\x00\x01")
        self.assertEqual(foreign.tolist(), [1])


class HashTest(unittest.TestCase):
    def test_values(self):
        import _blake2
        import _sha3
        import _sha512

        self.assertEqual(_sha512.sha512(b"abc").hexdigest()[:16], "ddaf35a193617aba")
        self.assertEqual(_sha3.sha3_256(b"abc").hexdigest()[:16], "3a985da74fe225b2")
        self.assertEqual(_sha3.shake_128(b"").hexdigest(8), "7f9c2ba4e88f827d")
        self.assertEqual(_blake2.blake2b(b"abc").hexdigest()[:16], "ba80a53f981c4d0d")  # RFC 7693, appendix A
        self.assertEqual(_blake2.blake2s(b"abc").hexdigest()[:16], "508c5e8c327c14e2")
        self.assertEqual(len(_blake2.blake2b(key=b"k", salt=b"s", person=b"p", digest_size=20).digest()), 20)

    def test_pieces(self):
        for name in ("md5", "sha1", "sha224", "sha384", "sha3_512", "blake2b", "blake2s"):
            whole = hashlib.new(name, bytes(1000))
            pieces = hashlib.new(name)
            for _ in range(10):
                pieces.update(bytes(100))
            other = pieces.copy()
            pieces.update(b"more")
            self.assertEqual(other.digest(), whole.digest())
            self.assertNotEqual(pieces.digest(), whole.digest())


if __name__ == "__main__":
    unittest.main()
