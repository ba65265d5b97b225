// future: the future statements at the head of a module (language reference, 7.11.1).
#include "compiler/compiler.h"
#include "compiler/optimizer.h"
#include "runtime/error.h"
#include "types/str.h"

namespace adder {
using namespace ast;

namespace {
struct Feature {
  const char* name;
  int flag;  // 0: in force always
};
constexpr Feature kFeatures[] = {
    {"nested_scopes", 0},
    {"generators", 0},
    {"division", 0},
    {"absolute_import", 0},
    {"with_statement", 0},
    {"print_function", 0},
    {"unicode_literals", 0},
    {"generator_stop", 0},
    {"barry_as_FLUFL", CO_FUTURE_BARRY_AS_BDFL},
    {"annotations", CO_FUTURE_ANNOTATIONS},
};

// These errors tell where they begin, not where they end.
Position start_of(const Stmt* statement, int shift = 0) {
  return Position{statement->lineno, statement->col_offset + shift, statement->lineno, -1};
}

Result<void> check_features(ImportFrom* statement, Str* filename, Future& future) {
  for (Alias* alias : statement->names) {
    const Feature* known = nullptr;
    for (const Feature& feature : kFeatures) {
      if (str_equals(alias->name, feature.name)) known = &feature;
    }
    if (known) {
      future.features |= known->flag;
    } else if (str_equals(alias->name, "braces")) {
      return raise_syntax_error(filename, start_of(statement), "not a chance");
    } else {
      return raise_syntax_error(filename, start_of(statement), "future feature %.100U is not defined", alias->name);
    }
  }
  return {};
}

}  // namespace

Result<void> find_future_features(Mod* mod, Str* filename, Future& future) {
  const Seq<Stmt*>* body = nullptr;
  if (mod->is<ast::Module>()) body = &mod->as<ast::Module>()->body;
  if (mod->is<Interactive>()) body = &mod->as<Interactive>()->body;
  if (!body) return {};
  bool done = false;
  int previous_line = 0;
  // Only a docstring and other future statements may stand before one.
  for (int i = docstring_of(*body) ? 1 : 0; i < body->size; ++i) {
    Stmt* statement = (*body)[i];
    // On the line that ends the head, a misplaced future statement is still told.
    if (done && statement->lineno > previous_line) return {};
    previous_line = statement->lineno;
    ImportFrom* import = statement->try_as<ImportFrom>();
    if (import && import->module && str_equals(import->module, "__future__")) {
      if (done) {
        return raise_syntax_error(filename, start_of(statement, -1),
                                  "from __future__ imports must occur at the beginning of the file");
      }
      TRY(check_features(import, filename, future));
      future.last_line = statement->lineno;
    } else {
      done = true;
    }
  }
  return {};
}
}  // namespace adder
