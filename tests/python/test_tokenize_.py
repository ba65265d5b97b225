"""The module _tokenize: the parser's tokens as tuples."""
import _tokenize
import unittest


class Tokens(unittest.TestCase):
    def test_tokens(self):
        self.assertEqual(list(_tokenize.TokenizerIter("if x: # c\n  'a\\\nb' <> é\n")), [
            ("if", 1, 1, 1, 0, 2, "if x: # c\n"),
            ("x", 1, 1, 1, 3, 4, "if x: # c\n"),
            (":", 11, 1, 1, 4, 5, "if x: # c\n"),
            ("# c", 4, 1, 1, 6, 9, "if x: # c\n"),
            ("", 5, 2, 2, -1, -1, "  'a\\\n"),
            ("'a\\\nb'", 3, 2, 3, 2, 2, "  'a\\\nb' <> é\n"),
            ("<>", 28, 3, 3, 3, 5, "  'a\\\nb' <> é\n"),
            ("é", 1, 3, 3, 6, 8, "  'a\\\nb' <> é\n"),
            ("", 4, 3, 3, 8, 8, "  'a\\\nb' <> é\n"),
            ("", 6, 3, 3, -1, -1, "  'a\\\nb' <> é\n"),
        ])

    def test_numbers_of_kinds(self):
        kinds = [t[1] for t in _tokenize.TokenizerIter("a 1 + ** // := -> ... @= async await $ {")]
        self.assertEqual(kinds[:12], [1, 2, 14, 35, 47, 53, 51, 52, 50, 56, 55, 54])

    def test_errors(self):
        tokens = _tokenize.TokenizerIter("x = 'abc")
        self.assertEqual([next(tokens)[0], next(tokens)[0]], ["x", "="])
        with self.assertRaises(SyntaxError) as caught:
            next(tokens)
        self.assertEqual(caught.exception.args, ("unterminated string literal (detected at line 1)",
                                                 ("<string>", 1, 5, "x = 'abc", 1, 5)))
        self.assertEqual(len(list(_tokenize.TokenizerIter("("))), 1)
        self.assertRaises(TypeError, _tokenize.TokenizerIter, 1)


if __name__ == "__main__":
    unittest.main()
