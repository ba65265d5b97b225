"""The rest of the C API by name: code, imports, codecs, files, marshal, memory, older strings, tracing."""
import contextlib
import io
import re
import sys
import time
import types
import unittest

import support
from support import result
import library

# Function and argument tuples; each call gets fresh copies.
CASES = r"""
Function_GetDefaults function; 5
Function_GetKwDefaults function; plain
Function_GetClosure function; plain; closed
Function_GetAnnotations function
Function_SetDefaults fresh(),(1,2); fresh(),None; fresh(),5; 5,()
Function_SetKwDefaults fresh(),{"c":1}; fresh(),None; fresh(),5
Function_SetClosure fresh(),None; fresh(),5
Function_SetAnnotations fresh(),{"a":int}; fresh(),5
Function_New fresh().__code__,{"__name__":"n"}
Code_GetVarnames function.__code__
Code_GetCellvars outer.__code__
Code_GetFreevars closed.__code__
Code_GetNumFree closed.__code__
Code_Addr2Line plain.__code__,-1
Import_GetMagicNumber_known
Import_ImportModuleLevel "json",{},(),0; "json.decoder",{},(),0; "json.decoder",{},("x",),0; "none_such",{},(),0; "",{},(),0
Import_ImportModuleLevelObject "json",None,("loads",),0; 5,None,(),0; "json",{"__package__":"json"},(),1; "decoder",{"__package__":"json","__name__":"json"},("x",),1; "json",None,(),-1
Import_ImportModuleNoBlock "json"; "none_such"
Import_AddModuleObject "json"
Import_ExecCodeModule "library_made",compile("x = 5","f","exec")
Import_ExecCodeModuleEx "library_made",compile("x = 5","f","exec"),"/a/file.py"
Import_ReloadModule 5
Import_GetModuleDict "sys"; "none_such"
Codec_Encode "\xe9","latin-1"; "\u20ac","ascii","replace"; "x","none"; 5,"utf-8"
Codec_Decode b"\xe9","latin-1"; b"\xff","ascii","ignore"; b"x","none"; "x","utf-8"
Codec_KnownEncoding "utf-8"; "none"
Codec_Encoder "none"
Codec_IncrementalDecoder "none"
Codec_RegisterError "library.error",5
Codec_LookupError "none"
Errors_StrictErrors EncodeError(); 5; ValueError("x")
Errors_IgnoreErrors EncodeError(); DecodeError(); TranslateError(); ValueError("x")
Errors_ReplaceErrors EncodeError(); DecodeError(); TranslateError(); 5
Errors_XMLCharRefReplaceErrors EncodeError(); DecodeError()
Errors_BackslashReplaceErrors EncodeError(); DecodeError(); TranslateError()
Errors_NameReplaceErrors EncodeError(); DecodeError()
File_GetLine io.StringIO("line\nmore"),0; io.StringIO("line\nmore"),-1; io.StringIO(""),0; io.StringIO(""),-1; io.StringIO("line"),2; io.BytesIO(b"b\nc"),-1; 5,0
File_WriteObject "text",io.StringIO(),1; "text",io.StringIO(),0; 5,None,0
File_WriteString "text",io.StringIO(); "text",5
Object_AsFileDescriptor 5; -1; "x"; Filed(7); Filed("x"); Filed(-1); 2**40
OS_FSPath "a"; b"a"; 5; Path("p"); Path(5)
File_FromFd 99,"r"
Marshal_WriteObjectToString object(),4; [1],0
Marshal_ReadObjectFromString b"i\x05\0\0\0"; b""; b"i\x05"; b"?"
Unicode_Count "banana","an"; "abc",""; "a",5
Unicode_Partition "a,b,c",","; "abc",","; "abc",""
Unicode_RPartition "a,b,c",","; "abc",","
Unicode_RSplit "a,b,c",",",1; "a b c",",",0; "a,b",",",-1
Unicode_Translate "abc",{97:"x",98:None},None; "abc",{97:5.5},None
Unicode_AsCharmapString "ab",{97:b"x",98:121}; "c",{97:1}; "a",{97:"x"}
Unicode_DecodeCharmap b"ab",{97:"x",98:121}; b"c",{97:"x"}; b"ab","\0"*97+"XY"; b"a",None
Unicode_DecodeUTF7 b"a+IKw-"; b"+"; b"\xff"
Unicode_EncodeLocale "abc","strict"; "a\0b","strict"; "\udc80","surrogateescape"; "a","bogus"
Unicode_DecodeLocaleAndSize b"abc","strict"; b"a\0b","strict"; b"\xff","surrogateescape"
Unicode_AsDecodedObject "uryyb","rot13"; "x","utf-8"; 5,"rot13"
Unicode_AsEncodedObject "x","utf-8"; "hello","rot13"
Unicode_AsEncodedUnicode "hello","rot13"; "x","utf-8"
Unicode_AsDecodedUnicode "uryyb","rot13"
Unicode_GetSize "a\u20ac"; "\U0001f600"
Unicode_GetDefaultEncoding
Object_Length [1]; 5
Object_GetAIter 5
Number_Positive 5; "x"
Number_InPlacePower 2,3,None; 2,3,5; "a",1,None
Set_Pop {1}; set(); frozenset([1])
Sequence_In [1],1
ExceptionClass_Name ValueError
ByteArray_FromObject b"x"; 5; "x"
PickleBuffer_FromObject 5
ODict_New
ODict_SetItem OrderedDict(),1,2
ODict_DelItem OrderedDict({1:2}),1; OrderedDict(),1
Module_GetNameObject sys; 5; types.ModuleType("m")
Module_GetFilename sys; types.ModuleType("m"); 5
CompileString "1+","f",258; "1 +","f",257
CompileStringObject "x = ","f",257
Run_String "1 + x",258,{"x":2},{}; "1/0",258,{},{}; "x =",257,{},{}
Run_SimpleString "x = 5"
GetRecursionLimit
IsInitialized
Is 5,5; [],[]
VersionIsOurs
ThreadsInitialized
GetPlatform
"""


def function(a, b=2, *, c: int = 3):
    return a


def plain():
    pass


def outer():
    x = 5

    def closed():
        return x

    return closed


def fresh():
    def f(a=1, *, c=2):
        return a

    return f


closed = outer()
from collections import OrderedDict  # noqa: E402


class Filed:
    def __init__(self, n):
        self.n = n

    def fileno(self):
        return self.n

    def __repr__(self):
        return f"Filed({self.n})"


class Path(Filed):
    def __fspath__(self):
        return self.n


def EncodeError():
    return UnicodeEncodeError("ascii", "a\u20ac\U0001f600b", 1, 3, "reason")


def DecodeError():
    return UnicodeDecodeError("ascii", b"a\xff\xfeb", 1, 3, "reason")


def TranslateError():
    return UnicodeTranslateError("a\u20acb", 1, 2, "reason")


class Calls(support.Recorded):
    def test_all(self):
        import warnings
        lines = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for line in CASES.strip().splitlines():
                name, _, rest = line.partition(" ")
                for case in rest.split("; "):
                    got = result(library.call, name, *eval(f"({case},)" if case else "()"))
                    shown = re.sub(r" at 0x[0-9a-f]+|/[\w./-]*/(?=\w+[\w./]*\.py)|, line \d+| from '[^']*'", "", repr(got))
                    lines.append(f"{name}({case}): {shown}")
        sys.modules.pop("library_made", None)
        self.compare("library_calls", lines)


class Others(unittest.TestCase):
    def test_print(self):
        self.assertEqual(library.print("a\u20ac", 0), "'a\u20ac'")
        self.assertEqual(library.print("a\u20ac", 1), "a\u20ac")
        self.assertEqual(library.print([1, "x"], 0), "[1, 'x']")
        self.assertEqual(result(library.print, type("Bad", (), {"__repr__": lambda self: 5})(), 0),
                         "TypeError: __repr__ returned non-string (type int)")

    def test_marshal(self):
        for value in (None, 5, 2**100, "text", (1, [2, {3: 4}]), b"x" * 1000, 1.5, 2j, frozenset([1]), ...):
            self.assertEqual(library.marshal_file(value), (value, -77, 1))
        code = library.marshal_file(compile("x * 2", "f", "eval"))[0]
        self.assertEqual(eval(code, {"x": 4}), 8)

    def test_memory(self):
        self.assertEqual(library.memory(), 1)

    def test_tracing(self):
        def work():
            total = 0
            for i in range(3):
                total += len("abc")
            return total

        value, events = library.traced(work, False)
        self.assertEqual(value, 9)
        self.assertEqual((events[0], events[1], events[3]), (1, 0, 1))
        self.assertEqual(events[2], 9)
        self.assertIsNone(sys.gettrace())
        value, events = library.traced(work, True)
        self.assertEqual((events[0], events[2], events[3]), (1, 0, 1))
        self.assertEqual((events[4], events[6]), (3, 3))
        self.assertEqual(events[5], 0)

    def test_strings(self):
        self.assertEqual(library.strings(), ("5-text", 6, 1, 0, -31, 63))
        self.assertEqual(library.variadic("a"), "'a'|5|x")

    def test_old_unicode(self):
        import warnings
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for text in ("", "abc", "\u20ac", "\U0001f600x", "a" * 100):
                self.assertEqual(library.old_unicode(text), (len(text), text, 1))

    def test_async_exception(self):
        def interrupted():
            try:
                self.assertEqual(library.async_exception(KeyError), 1)
                for _ in range(1000):
                    time.sleep(0.001)
            except KeyError:
                return "caught"

        self.assertEqual(interrupted(), "caught")

    def test_print_error(self):
        out = io.StringIO()
        error = ValueError("printed")
        with contextlib.redirect_stderr(out):
            self.assertTrue(library.print_error(error))
        self.assertEqual(out.getvalue(), "ValueError: printed\n")


if __name__ == "__main__":
    unittest.main()
