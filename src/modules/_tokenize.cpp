// _tokenize: the parser's tokenizer for Python code: TokenizerIter(source) gives (text, type, line, end line, column,
// end column, line text) for each token, columns in UTF-8 bytes.
//
// See        parser/tokenizer.h; `tokenize` of the standard library does not need it
#include <new>

#include "bind/bind.h"
#include "import/import.h"
#include "parser/objects.h"
#include "parser/source.h"
#include "parser/tokenizer.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
using parser::Problem;
using parser::Token;
using parser::Tokenizer;
using parser::TokenKind;

// The numbers of the module `token` for operators and brackets, in the order of token.def.
constexpr u8 kOperatorNumbers[] = {7,  8,  9,  10, 25, 26, 11, 12, 13, 23, 52, 51, 53, 22, 27, 28,
                                   20, 29, 21, 30, 14, 15, 16, 49, 17, 24, 35, 33, 34, 18, 32, 19,
                                   47, 31, 36, 37, 38, 50, 39, 40, 46, 44, 45, 42, 43, 41, 48};

int token_number(TokenKind kind) {
  switch (kind) {
    case TokenKind::EndMarker:
      return 0;
    case TokenKind::Number:
      return 2;
    case TokenKind::String:
      return 3;
    case TokenKind::Newline:
      return 4;
    case TokenKind::Indent:
      return 5;
    case TokenKind::Dedent:
      return 6;
    case TokenKind::Unknown:
      return 54;
    case TokenKind::TypeComment:
      return 58;
    case TokenKind::Error:
      return 60;
    case TokenKind::KwAsync:
      return 56;
    case TokenKind::KwAwait:
      return 55;
    default:
      break;
  }
  int index = static_cast<int>(kind) - static_cast<int>(TokenKind::LeftParenthesis);
  return index >= 0 && index < static_cast<int>(sizeof kOperatorNumbers) ? kOperatorNumbers[index] : 1;
}

// What an iterator owns: the text and its tokens.
struct Tokens {
  explicit Tokens(std::string_view text) : tokenizer(text, {}, arena, nullptr) {}
  Arena arena;
  Tokenizer tokenizer;
  usize next = 0;
};

struct Iterator : PyObject {
  Arena* source;  // holds the text that `tokens` points into
  Tokens* tokens;
};

constexpr Doc iterator_doc = "tokenizeriter(source)\n--\n\n";
Result<Object> iterator_new(Type* type, Str* source) {
  Utf8 utf8 = str_as_utf8(source);
  if (!utf8) return Error{};
  Ref<Object> object = TRY(object_new_zeroed(type));
  Iterator* self = static_cast<Iterator*>(object.get());
  self->source = new (std::nothrow) Arena;
  if (!self->source) return raise_no_memory();
  bool declared = true;
  std::string_view text;
  if (!parser::prepare_source(*self->source, utf8, nullptr, &declared, true, &text)) return Error{};
  self->tokens = new (std::nothrow) Tokens(text);
  if (!self->tokens) return raise_no_memory();
  self->tokens->tokenizer.run();
  return object;
}

void iterator_dealloc(PyObject* object) {
  Iterator* self = static_cast<Iterator*>(object);
  delete self->tokens;
  delete self->source;
  object_free(object);
}

Result<Object> raise_token_problem(const Tokenizer& tokenizer) {
  const Problem& problem = tokenizer.problem();
  std::string_view line = tokenizer.line(problem.lineno);
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  Ref<Str> filename = TRY(str_from_string("<string>"));
  parser::raise_problem(problem, filename, line, "", false);
  return Error{};
}

Maybe<Object> iterator_next(Iterator* self) {
  Tokens* tokens = self->tokens;
  const Tokenizer& tokenizer = tokens->tokenizer;
  const Token& t = tokenizer.tokens()[tokens->next];
  if (t.kind == TokenKind::EndMarker) return nullptr;
  if (t.kind == TokenKind::Error) {
    // Only what is wrong by itself; a text that ends too early just ends.
    if (!tokenizer.problem().overrides) return nullptr;
    return raise_token_problem(tokenizer);
  }
  ++tokens->next;
  std::string_view first = tokenizer.line(t.first_lineno), last = tokenizer.line(t.end_lineno);
  std::string_view lines{first.data(), static_cast<usize>(last.data() + last.size() - first.data())};
  Ref<Str> text = TRY(str_from_utf8(t.text));
  Ref<Str> line = TRY(str_from_utf8(lines));
  Ref<Tuple> result = TRY(tuple_new(7));
  int numbers[] = {token_number(t.kind), t.lineno, t.end_lineno, t.col_offset, t.end_col_offset};
  tuple_init_item(result, 0, std::move(text));
  for (int i = 0; i < 5; ++i) {
    Ref<Int> number = MUST(int_from_i64(numbers[i]));
    tuple_init_item(result, i + 1, std::move(number));
  }
  tuple_init_item(result, 6, std::move(line));
  return result;
}

constinit PyTypeObject iterator_type = {
    .tp_name = "_tokenize.TokenizerIter",
    .tp_basicsize = sizeof(Iterator),
    .tp_dealloc = iterator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = self_iter,
    .tp_iternext = slot<iterator_next>,
    .tp_new = constructor<iterator_new, iterator_doc>,
};

int execute_slot(PyObject* module) { return module_add_type(as<Module>(module), &iterator_type).to_c(); }
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(execute_slot)}, {0, nullptr}};
constinit PyModuleDef definition = {.m_name = "_tokenize", .m_slots = slots};
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__tokenize() { return adder::module_def_init(&adder::definition); }
