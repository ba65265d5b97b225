// byte_texts: signatures and texts of the methods that bytes and bytearray have in common.
//
// docs::NAME is how a method's arguments are parsed; docs::NAME_text is what its __doc__ and __text_signature__ come
// from, or NAME_bytes_text and NAME_bytearray_text where the types differ. The texts are output of help() and pydoc,
// which programs compare: they are what 3.11 prints.
#pragma once
#include <type_traits>

#include "bind/bind.h"

namespace adder::byte_methods {
namespace docs {
// The text of a method for Self, where the two types have different ones.
template <class Self>
constexpr const char* text_for(const char* bytes_text, const char* bytearray_text) {
  return std::is_same_v<Self, Bytes> ? bytes_text : bytearray_text;
}

inline constexpr Doc decode = "decode($self, /, encoding='utf-8', errors='strict')";
inline constexpr const char* decode_bytes_text =
    "decode($self, /, encoding='utf-8', errors='strict')\n--\n\n"
    "Decode the bytes using the codec registered for encoding.\n\n  encoding\n"
    "    The encoding with which to decode the bytes.\n  errors\n"
    "    The error handling scheme to use for the handling of decoding errors.\n"
    "    The default is 'strict' meaning that decoding errors raise a\n"
    "    UnicodeDecodeError. Other possible values are 'ignore' and 'replace'\n"
    "    as well as any other name registered with codecs.register_error that\n"
    "    can handle UnicodeDecodeErrors.";
inline constexpr const char* decode_bytearray_text =
    "decode($self, /, encoding='utf-8', errors='strict')\n--\n\n"
    "Decode the bytearray using the codec registered for encoding.\n\n  encoding\n"
    "    The encoding with which to decode the bytearray.\n  errors\n"
    "    The error handling scheme to use for the handling of decoding errors.\n"
    "    The default is 'strict' meaning that decoding errors raise a\n"
    "    UnicodeDecodeError. Other possible values are 'ignore' and 'replace'\n"
    "    as well as any other name registered with codecs.register_error that\n"
    "    can handle UnicodeDecodeErrors.";
inline constexpr Doc replace = "replace($self, old, new, count=-1, /)";
inline constexpr const char* replace_text =
    "replace($self, old, new, count=-1, /)\n--\n\n"
    "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n"
    "    Maximum number of occurrences to replace.\n"
    "    -1 (the default value) means replace all occurrences.\n\n"
    "If the optional argument count is given, only the first count occurrences are\nreplaced.";
inline constexpr Doc split = "split($self, /, sep=None, maxsplit=-1)";
inline constexpr const char* split_bytes_text =
    "split($self, /, sep=None, maxsplit=-1)\n--\n\n"
    "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n"
    "    The delimiter according which to split the bytes.\n"
    "    None (the default value) means split on ASCII whitespace characters\n"
    "    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n"
    "    Maximum number of splits to do.\n    -1 (the default value) means no limit.";
inline constexpr const char* split_bytearray_text =
    "split($self, /, sep=None, maxsplit=-1)\n--\n\n"
    "Return a list of the sections in the bytearray, using sep as the delimiter.\n\n  sep\n"
    "    The delimiter according which to split the bytearray.\n"
    "    None (the default value) means split on ASCII whitespace characters\n"
    "    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n"
    "    Maximum number of splits to do.\n    -1 (the default value) means no limit.";
inline constexpr Doc rsplit = "rsplit($self, /, sep=None, maxsplit=-1)";
inline constexpr const char* rsplit_bytes_text =
    "rsplit($self, /, sep=None, maxsplit=-1)\n--\n\n"
    "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n"
    "    The delimiter according which to split the bytes.\n"
    "    None (the default value) means split on ASCII whitespace characters\n"
    "    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n"
    "    Maximum number of splits to do.\n    -1 (the default value) means no limit.\n\n"
    "Splitting is done starting at the end of the bytes and working to the front.";
inline constexpr const char* rsplit_bytearray_text =
    "rsplit($self, /, sep=None, maxsplit=-1)\n--\n\n"
    "Return a list of the sections in the bytearray, using sep as the delimiter.\n\n  sep\n"
    "    The delimiter according which to split the bytearray.\n"
    "    None (the default value) means split on ASCII whitespace characters\n"
    "    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n"
    "    Maximum number of splits to do.\n    -1 (the default value) means no limit.\n\n"
    "Splitting is done starting at the end of the bytearray and working to the front.";
inline constexpr Doc splitlines = "splitlines($self, /, keepends=False)";
inline constexpr const char* splitlines_bytes_text =
    "splitlines($self, /, keepends=False)\n--\n\n"
    "Return a list of the lines in the bytes, breaking at line boundaries.\n\n"
    "Line breaks are not included in the resulting list unless keepends is given and\ntrue.";
inline constexpr const char* splitlines_bytearray_text =
    "splitlines($self, /, keepends=False)\n--\n\n"
    "Return a list of the lines in the bytearray, breaking at line boundaries.\n\n"
    "Line breaks are not included in the resulting list unless keepends is given and\ntrue.";
inline constexpr Doc join = "join($self, iterable_of_bytes, /)";
inline constexpr const char* join_bytes_text =
    "join($self, iterable_of_bytes, /)\n--\n\nConcatenate any number of bytes objects.\n\n"
    "The bytes whose method is called is inserted in between each pair.\n\n"
    "The result is returned as a new bytes object.\n\n"
    "Example: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.";
inline constexpr const char* join_bytearray_text =
    "join($self, iterable_of_bytes, /)\n--\n\nConcatenate any number of bytes/bytearray objects.\n\n"
    "The bytearray whose method is called is inserted in between each pair.\n\n"
    "The result is returned as a new bytearray object.";
inline constexpr Doc partition = "partition($self, sep, /)";
inline constexpr const char* partition_bytes_text =
    "partition($self, sep, /)\n--\n\nPartition the bytes into three parts using the given separator.\n\n"
    "This will search for the separator sep in the bytes. If the separator is found,\n"
    "returns a 3-tuple containing the part before the separator, the separator\n"
    "itself, and the part after it.\n\n"
    "If the separator is not found, returns a 3-tuple containing the original bytes\n"
    "object and two empty bytes objects.";
inline constexpr const char* partition_bytearray_text =
    "partition($self, sep, /)\n--\n\n"
    "Partition the bytearray into three parts using the given separator.\n\n"
    "This will search for the separator sep in the bytearray. If the separator is\n"
    "found, returns a 3-tuple containing the part before the separator, the\n"
    "separator itself, and the part after it as new bytearray objects.\n\n"
    "If the separator is not found, returns a 3-tuple containing the copy of the\n"
    "original bytearray object and two empty bytearray objects.";
inline constexpr Doc rpartition = "rpartition($self, sep, /)";
inline constexpr const char* rpartition_bytes_text =
    "rpartition($self, sep, /)\n--\n\nPartition the bytes into three parts using the given separator.\n\n"
    "This will search for the separator sep in the bytes, starting at the end. If\n"
    "the separator is found, returns a 3-tuple containing the part before the\n"
    "separator, the separator itself, and the part after it.\n\n"
    "If the separator is not found, returns a 3-tuple containing two empty bytes\n"
    "objects and the original bytes object.";
inline constexpr const char* rpartition_bytearray_text =
    "rpartition($self, sep, /)\n--\n\n"
    "Partition the bytearray into three parts using the given separator.\n\n"
    "This will search for the separator sep in the bytearray, starting at the end.\n"
    "If the separator is found, returns a 3-tuple containing the part before the\n"
    "separator, the separator itself, and the part after it as new bytearray\nobjects.\n\n"
    "If the separator is not found, returns a 3-tuple containing two empty bytearray\n"
    "objects and the copy of the original bytearray object.";
inline constexpr Doc strip = "strip($self, bytes=None, /)";
inline constexpr const char* strip_text =
    "strip($self, bytes=None, /)\n--\n\nStrip leading and trailing bytes contained in the argument.\n\n"
    "If the argument is omitted or None, strip leading and trailing ASCII whitespace.";
inline constexpr Doc lstrip = "lstrip($self, bytes=None, /)";
inline constexpr const char* lstrip_bytes_text =
    "lstrip($self, bytes=None, /)\n--\n\nStrip leading bytes contained in the argument.\n\n"
    "If the argument is omitted or None, strip leading  ASCII whitespace.";
inline constexpr const char* lstrip_bytearray_text =
    "lstrip($self, bytes=None, /)\n--\n\nStrip leading bytes contained in the argument.\n\n"
    "If the argument is omitted or None, strip leading ASCII whitespace.";
inline constexpr Doc rstrip = "rstrip($self, bytes=None, /)";
inline constexpr const char* rstrip_text =
    "rstrip($self, bytes=None, /)\n--\n\nStrip trailing bytes contained in the argument.\n\n"
    "If the argument is omitted or None, strip trailing ASCII whitespace.";
inline constexpr Doc translate = "translate($self, table, /, delete=b'')";
inline constexpr const char* translate_text =
    "translate($self, table, /, delete=b'')\n--\n\n"
    "Return a copy with each character mapped by the given translation table.\n\n  table\n"
    "    Translation table, which must be a bytes object of length 256.\n\n"
    "All characters occurring in the optional argument delete are removed.\n"
    "The remaining characters are mapped through the given translation table.";
inline constexpr Doc removeprefix = "removeprefix($self, prefix, /)";
inline constexpr const char* removeprefix_bytes_text =
    "removeprefix($self, prefix, /)\n--\n\n"
    "Return a bytes object with the given prefix string removed if present.\n\n"
    "If the bytes starts with the prefix string, return bytes[len(prefix):].\n"
    "Otherwise, return a copy of the original bytes.";
inline constexpr const char* removeprefix_bytearray_text =
    "removeprefix($self, prefix, /)\n--\n\n"
    "Return a bytearray with the given prefix string removed if present.\n\n"
    "If the bytearray starts with the prefix string, return\n"
    "bytearray[len(prefix):].  Otherwise, return a copy of the original\nbytearray.";
inline constexpr Doc removesuffix = "removesuffix($self, suffix, /)";
inline constexpr const char* removesuffix_bytes_text =
    "removesuffix($self, suffix, /)\n--\n\n"
    "Return a bytes object with the given suffix string removed if present.\n\n"
    "If the bytes ends with the suffix string and that suffix is not empty,\n"
    "return bytes[:-len(prefix)].  Otherwise, return a copy of the original\nbytes.";
inline constexpr const char* removesuffix_bytearray_text =
    "removesuffix($self, suffix, /)\n--\n\n"
    "Return a bytearray with the given suffix string removed if present.\n\n"
    "If the bytearray ends with the suffix string and that suffix is not\n"
    "empty, return bytearray[:-len(suffix)].  Otherwise, return a copy of\nthe original bytearray.";
inline constexpr Doc maketrans = "maketrans(frm, to, /)";
inline constexpr const char* maketrans_text =
    "maketrans(frm, to, /)\n--\n\n"
    "Return a translation table useable for the bytes or bytearray translate method.\n\n"
    "The returned table will be one where each byte in frm is mapped to the byte at\n"
    "the same position in to.\n\nThe bytes objects frm and to must be of the same length.";
// The rest have no signature that inspect shows: the text after "name(…)" only serves their parsing.
inline constexpr Doc capitalize = "capitalize()";
inline constexpr const char* capitalize_text =
    "B.capitalize() -> copy of B\n\n"
    "Return a copy of B with only its first character capitalized (ASCII)\nand the rest lower-cased.";
inline constexpr Doc lower = "lower()";
inline constexpr const char* lower_text =
    "B.lower() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to lowercase.";
inline constexpr Doc upper = "upper()";
inline constexpr const char* upper_text =
    "B.upper() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to uppercase.";
inline constexpr Doc title = "title()";
inline constexpr const char* title_text =
    "B.title() -> copy of B\n\nReturn a titlecased version of B, i.e. ASCII words start with uppercase\n"
    "characters, all remaining cased characters have lowercase.";
inline constexpr Doc swapcase = "swapcase()";
inline constexpr const char* swapcase_text =
    "B.swapcase() -> copy of B\n\nReturn a copy of B with uppercase ASCII characters converted\n"
    "to lowercase ASCII and vice versa.";
inline constexpr Doc isalnum = "isalnum()";
inline constexpr const char* isalnum_text =
    "B.isalnum() -> bool\n\nReturn True if all characters in B are alphanumeric\n"
    "and there is at least one character in B, False otherwise.";
inline constexpr Doc isalpha = "isalpha()";
inline constexpr const char* isalpha_text =
    "B.isalpha() -> bool\n\nReturn True if all characters in B are alphabetic\n"
    "and there is at least one character in B, False otherwise.";
inline constexpr Doc isascii = "isascii()";
inline constexpr const char* isascii_text =
    "B.isascii() -> bool\n\nReturn True if B is empty or all characters in B are ASCII,\nFalse otherwise.";
inline constexpr Doc isdigit = "isdigit()";
inline constexpr const char* isdigit_text =
    "B.isdigit() -> bool\n\nReturn True if all characters in B are digits\n"
    "and there is at least one character in B, False otherwise.";
inline constexpr Doc islower = "islower()";
inline constexpr const char* islower_text =
    "B.islower() -> bool\n\nReturn True if all cased characters in B are lowercase and there is\n"
    "at least one cased character in B, False otherwise.";
inline constexpr Doc isspace = "isspace()";
inline constexpr const char* isspace_text =
    "B.isspace() -> bool\n\nReturn True if all characters in B are whitespace\n"
    "and there is at least one character in B, False otherwise.";
inline constexpr Doc istitle = "istitle()";
inline constexpr const char* istitle_text =
    "B.istitle() -> bool\n\nReturn True if B is a titlecased string and there is at least one\n"
    "character in B, i.e. uppercase characters may only follow uncased\n"
    "characters and lowercase characters only cased ones. Return False\notherwise.";
inline constexpr Doc isupper = "isupper()";
inline constexpr const char* isupper_text =
    "B.isupper() -> bool\n\nReturn True if all cased characters in B are uppercase and there is\n"
    "at least one cased character in B, False otherwise.";
inline constexpr Doc center = "center($self, width, fillchar=b' ', /)";
inline constexpr const char* center_text =
    "center($self, width, fillchar=b' ', /)\n--\n\nReturn a centered string of length width.\n\n"
    "Padding is done using the specified fill character.";
inline constexpr Doc ljust = "ljust($self, width, fillchar=b' ', /)";
inline constexpr const char* ljust_text =
    "ljust($self, width, fillchar=b' ', /)\n--\n\nReturn a left-justified string of length width.\n\n"
    "Padding is done using the specified fill character.";
inline constexpr Doc rjust = "rjust($self, width, fillchar=b' ', /)";
inline constexpr const char* rjust_text =
    "rjust($self, width, fillchar=b' ', /)\n--\n\nReturn a right-justified string of length width.\n\n"
    "Padding is done using the specified fill character.";
inline constexpr Doc zfill = "zfill($self, width, /)";
inline constexpr const char* zfill_text =
    "zfill($self, width, /)\n--\n\n"
    "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\n"
    "The original string is never truncated.";
inline constexpr Doc expandtabs = "expandtabs($self, /, tabsize=8)";
inline constexpr const char* expandtabs_text =
    "expandtabs($self, /, tabsize=8)\n--\n\n"
    "Return a copy where all tab characters are expanded using spaces.\n\n"
    "If tabsize is not given, a tab size of 8 characters is assumed.";
inline constexpr Doc hex = "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)";
inline constexpr const char* hex_bytes_text =
    "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\n"
    "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n"
    "    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n"
    "    How many bytes between separators.  Positive values count from the\n"
    "    right, negative values count from the left.\n\nExample:\n>>> value = b'\\xb9\\x01\\xef'\n"
    ">>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n"
    ">>> value.hex(':', -2)\n'b901:ef'";
inline constexpr const char* hex_bytearray_text =
    "hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)\n--\n\n"
    "Create a string of hexadecimal numbers from a bytearray object.\n\n  sep\n"
    "    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n"
    "    How many bytes between separators.  Positive values count from the\n"
    "    right, negative values count from the left.\n\nExample:\n"
    ">>> value = bytearray([0xb9, 0x01, 0xef])\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n"
    "'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'";
// Methods that take what a signature cannot express.
inline constexpr const char* count_text =
    "B.count(sub[, start[, end]]) -> int\n\n"
    "Return the number of non-overlapping occurrences of subsection sub in\n"
    "bytes B[start:end].  Optional arguments start and end are interpreted\nas in slice notation.";
inline constexpr const char* endswith_text =
    "B.endswith(suffix[, start[, end]]) -> bool\n\n"
    "Return True if B ends with the specified suffix, False otherwise.\n"
    "With optional start, test B beginning at that position.\n"
    "With optional end, stop comparing B at that position.\nsuffix can also be a tuple of bytes to try.";
inline constexpr const char* find_text =
    "B.find(sub[, start[, end]]) -> int\n\nReturn the lowest index in B where subsection sub is found,\n"
    "such that sub is contained within B[start,end].  Optional\n"
    "arguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure.";
inline constexpr const char* index_text =
    "B.index(sub[, start[, end]]) -> int\n\nReturn the lowest index in B where subsection sub is found,\n"
    "such that sub is contained within B[start,end].  Optional\n"
    "arguments start and end are interpreted as in slice notation.\n\n"
    "Raises ValueError when the subsection is not found.";
inline constexpr const char* rfind_text =
    "B.rfind(sub[, start[, end]]) -> int\n\n"
    "Return the highest index in B where subsection sub is found,\n"
    "such that sub is contained within B[start,end].  Optional\n"
    "arguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure.";
inline constexpr const char* rindex_text =
    "B.rindex(sub[, start[, end]]) -> int\n\n"
    "Return the highest index in B where subsection sub is found,\n"
    "such that sub is contained within B[start,end].  Optional\n"
    "arguments start and end are interpreted as in slice notation.\n\n"
    "Raise ValueError when the subsection is not found.";
inline constexpr const char* startswith_text =
    "B.startswith(prefix[, start[, end]]) -> bool\n\n"
    "Return True if B starts with the specified prefix, False otherwise.\n"
    "With optional start, test B beginning at that position.\n"
    "With optional end, stop comparing B at that position.\nprefix can also be a tuple of bytes to try.";
}  // namespace docs
}  // namespace adder::byte_methods
