// token: the numbers and names of tokens (token.h), as the module token has them.
#include <cstring>
#include <initializer_list>

#include "base/config.h"

namespace {
struct Token {
  const char *name, *spelling;
};
// In the order of their numbers.
constexpr Token kTokens[] = {
    {"ENDMARKER", ""},
    {"NAME", ""},
    {"NUMBER", ""},
    {"STRING", ""},
    {"NEWLINE", ""},
    {"INDENT", ""},
    {"DEDENT", ""},
    {"LPAR", "("},
    {"RPAR", ")"},
    {"LSQB", "["},
    {"RSQB", "]"},
    {"COLON", ":"},
    {"COMMA", ","},
    {"SEMI", ";"},
    {"PLUS", "+"},
    {"MINUS", "-"},
    {"STAR", "*"},
    {"SLASH", "/"},
    {"VBAR", "|"},
    {"AMPER", "&"},
    {"LESS", "<"},
    {"GREATER", ">"},
    {"EQUAL", "="},
    {"DOT", "."},
    {"PERCENT", "%"},
    {"LBRACE", "{"},
    {"RBRACE", "}"},
    {"EQEQUAL", "=="},
    {"NOTEQUAL", "!="},
    {"LESSEQUAL", "<="},
    {"GREATEREQUAL", ">="},
    {"TILDE", "~"},
    {"CIRCUMFLEX", "^"},
    {"LEFTSHIFT", "<<"},
    {"RIGHTSHIFT", ">>"},
    {"DOUBLESTAR", "**"},
    {"PLUSEQUAL", "+="},
    {"MINEQUAL", "-="},
    {"STAREQUAL", "*="},
    {"SLASHEQUAL", "/="},
    {"PERCENTEQUAL", "%="},
    {"AMPEREQUAL", "&="},
    {"VBAREQUAL", "|="},
    {"CIRCUMFLEXEQUAL", "^="},
    {"LEFTSHIFTEQUAL", "<<="},
    {"RIGHTSHIFTEQUAL", ">>="},
    {"DOUBLESTAREQUAL", "**="},
    {"DOUBLESLASH", "//"},
    {"DOUBLESLASHEQUAL", "//="},
    {"AT", "@"},
    {"ATEQUAL", "@="},
    {"RARROW", "->"},
    {"ELLIPSIS", "..."},
    {"COLONEQUAL", ":="},
    {"OP", ""},
    {"AWAIT", ""},
    {"ASYNC", ""},
    {"TYPE_IGNORE", ""},
    {"TYPE_COMMENT", ""},
    {"SOFT_KEYWORD", ""},
    {"<ERRORTOKEN>", ""},
    {"<COMMENT>", ""},
    {"<NL>", ""},
    {"<ENCODING>", ""},
    {"<N_TOKENS>", ""},
};
constexpr int kCount = sizeof kTokens / sizeof kTokens[0];
constexpr int kOperator = 54, kNotEqual = 28;

int number_of(std::initializer_list<int> characters) {
  char spelling[4] = {};
  int size = 0;
  for (int c : characters) spelling[size++] = static_cast<char>(c);
  for (int i = 0; i < kCount; ++i) {
    if (*kTokens[i].spelling && std::strcmp(kTokens[i].spelling, spelling) == 0) return i;
  }
  return std::strcmp(spelling, "<>") == 0 ? kNotEqual : kOperator;
}

struct Names {
  const char* names[kCount];
  constexpr Names() : names{} {
    for (int i = 0; i < kCount; ++i) names[i] = kTokens[i].name;
  }
};
}  // namespace

ADDER_EXPORT int PyToken_OneChar(int first) { return number_of({first}); }
ADDER_EXPORT int PyToken_TwoChars(int first, int second) { return number_of({first, second}); }
ADDER_EXPORT int PyToken_ThreeChars(int first, int second, int third) { return number_of({first, second, third}); }
ADDER_EXPORT const Names _PyParser_TokenNames;
constinit const Names _PyParser_TokenNames;
