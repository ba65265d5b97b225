// code: built-in functions that compile and run code: compile, eval, exec, __build_class__, __import__, breakpoint.
#include "types/code.h"

#include "base/arena.h"
#include "compiler/compiler.h"
#include "import/import.h"
#include "interpreter/interpreter.h"
#include "modules/builtins/build_class.h"
#include "modules/builtins/builtins.h"
#include "parser/parser.h"
#include "runtime/runtime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == Source ==

// The text behind a str, bytes or bytes-like object, and the flag that says it is UTF-8 for sure.
class SourceText {
 public:
  // TypeError "<function>() arg 1 must be a <what> object".
  Result<void> acquire(Object* source, const char* function, const char* what, int& flags) {
    if (is_str(source)) {
      Utf8 utf8 = str_as_utf8(as<Str>(source));
      if (!utf8) return Error{};
      text_ = utf8;
      flags |= PyCF_IGNORE_COOKIE;
      return {};
    }
    if (is_bytes(source)) {
      text_ = bytes_view(as<Bytes>(source));
      return {};
    }
    if (!check_buffer(source)) return raise(TypeError, "%s() arg 1 must be a %s object", function, what);
    TRY(view_.acquire(source));
    text_ = {view_.data(), static_cast<usize>(view_.size())};
    return {};
  }
  std::string_view text() const { return text_; }
  void skip_blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\t')) text_.remove_prefix(1);
  }

 private:
  BufferView view_;
  std::string_view text_;
};

// Future statements of the running code hold for what it compiles.
void inherit_flags(int& flags) {
  if (Opt<Code*> code = eval_get_code()) flags |= code->co_flags & PyCF_MASK;
}

ParserFlags parser_flags(int flags, int feature_version) {
  ParserFlags result;
  result.type_comments = flags & PyCF_TYPE_COMMENTS;
  result.ignore_cookie = flags & PyCF_IGNORE_COOKIE;
  result.dont_imply_dedent = flags & PyCF_DONT_IMPLY_DEDENT;
  result.allow_incomplete = flags & PyCF_ALLOW_INCOMPLETE_INPUT;
  result.barry_as_bdfl = flags & CO_FUTURE_BARRY_AS_BDFL;
  if (feature_version >= 0) result.feature_version = feature_version;
  return result;
}

struct Mode {
  ParseMode parse;
  int start;
};
Result<void> mode_from_text(Str* text, int flags, Mode& mode) {
  if (str_equals(text, "exec"))
    mode = {ParseMode::Exec, Py_file_input};
  else if (str_equals(text, "eval"))
    mode = {ParseMode::Eval, Py_eval_input};
  else if (str_equals(text, "single"))
    mode = {ParseMode::Single, Py_single_input};
  else if (str_equals(text, "func_type")) {
    if (!(flags & PyCF_ONLY_AST)) return raise(ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    mode = {ParseMode::FuncType, Py_func_type_input};
  } else {
    return raise(ValueError, flags & PyCF_ONLY_AST ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                                   : "compile() mode must be 'exec', 'eval' or 'single'");
  }
  return {};
}

constexpr Doc compile_doc =
    "compile($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, "
    "_feature_version=-1)\n--\n\nCompile source "
    "into a code object that can be executed by exec() or eval().\n\nThe source code may represent a Python module, "
    "statement or expression.\nThe "
    "filename will be used for run-time error messages.\nThe mode must be 'exec' to compile a module, 'single' to "
    "compile a\nsingle (interactive) "
    "statement, or 'eval' to compile an expression.\nThe flags argument, if present, controls which future statements "
    "influence\nthe compilation of "
    "the code.\nThe dont_inherit argument, if true, stops the compilation inheriting\nthe effects of any future "
    "statements in effect in the code "
    "calling\ncompile; if absent or false these statements do influence the compilation,\nin addition to any features "
    "explicitly specified.";
Result<Object> compile(Module*, Object* source, Object* filename_object, Str* mode_text, int given_flags,
                       bool dont_inherit, int optimize, int feature_version) {
  Ref<Object> filename = TRY(fs_decoder(filename_object));
  CompilerFlags flags = {given_flags | PyCF_SOURCE_IS_UTF8, feature_version >= 0 ? feature_version : 11};
  if (given_flags & ~(PyCF_MASK | PyCF_MASK_OBSOLETE | PyCF_COMPILE_MASK)) {
    return raise(ValueError, "compile(): unrecognised flags");
  }
  if (optimize < -1 || optimize > 2) return raise(ValueError, "compile(): invalid optimize value");
  if (!dont_inherit) inherit_flags(flags.cf_flags);
  Mode mode;
  TRY(mode_from_text(mode_text, given_flags, mode));
  Str* name = as<Str>(filename.get());
  Arena arena;
  if (TRY(ast_is_node(source))) {
    if (given_flags & PyCF_ONLY_AST) return new_ref(source);
    ast::Mod* tree = ast_from_object(source, mode.parse, arena);
    if (!tree) return Error{};
    TRY(ast_check(tree));
    return compile_ast(tree, name, &flags, optimize, arena);
  }
  SourceText text;
  TRY(text.acquire(source, "compile", "string, bytes or AST", flags.cf_flags));
  Ref<Bytes> raw = TRY(bytes_from_view(text.text()));
  if (given_flags & PyCF_ONLY_AST) {
    ast::Mod* tree =
        parse_string(bytes_view(raw), name, mode.parse, parser_flags(flags.cf_flags, feature_version), arena);
    if (!tree) return Error{};
    return ast_to_object(tree);
  }
  return compile_source(bytes_view(raw), name, mode.start, &flags, optimize);
}

// == eval, exec ==

Result<void> provide_builtins(Dict* globals) {
  if (TRY(dict_contains(globals, id::__builtins__))) return {};
  Opt<Dict*> builtins = eval_get_builtins();
  return dict_set_item(globals, id::__builtins__, builtins ? builtins.get() : interpreter()->builtins);
}

// Fills in what the caller left out from the running frame.
Result<void> complete_scope(Ref<Object>& globals, Ref<Object>& locals) {
  if (globals.get() == None) {
    Opt<Dict*> running = eval_get_globals();
    if (!running) return raise(SystemError, "globals and locals cannot be NULL");
    globals = new_ref<Object>(running.get());
    if (locals.get() == None) locals = TRY(eval_get_locals());
  } else if (locals.get() == None) {
    locals = globals.share();
  }
  return provide_builtins(as<Dict>(globals.get()));
}

Result<Object> run_source(Object* source, const char* function, int start, Dict* globals, Object* locals) {
  CompilerFlags flags = {PyCF_SOURCE_IS_UTF8, 11};
  inherit_flags(flags.cf_flags);
  SourceText text;
  TRY(text.acquire(source, function, "string, bytes or code", flags.cf_flags));
  if (start == Py_eval_input) text.skip_blanks();
  // A copy: the compiler may run Python code (warning filters) that changes a bytearray.
  Ref<Bytes> raw = TRY(bytes_from_view(text.text()));
  Ref<Code> code = TRY(compile_source(bytes_view(raw), id::angle_string, start, &flags));
  TRY(audit("exec", static_cast<Object*>(code.get())));
  return eval_code(code, globals, locals);
}

constexpr Doc eval_doc =
    "eval($module, source, globals=None, locals=None, /)\n--\n\nEvaluate the given source in the context of globals "
    "and locals.\n\nThe source may be "
    "a string representing a Python expression\nor a code object as returned by compile().\nThe globals must be a "
    "dictionary and locals can be any "
    "mapping,\ndefaulting to the current globals and locals.\nIf only globals is given, locals defaults to it.";
Result<Object> eval(Module*, Object* source, Object* given_globals, Object* given_locals) {
  if (given_locals != None && !mapping_check(given_locals)) return raise(TypeError, "locals must be a mapping");
  if (given_globals != None && !is_dict(given_globals)) {
    return raise(TypeError, mapping_check(given_globals) ? "globals must be a real dict; try eval(code, {}, mapping)"
                                                         : "globals must be a dict");
  }
  Ref<Object> globals = new_ref(given_globals), locals = new_ref(given_locals);
  TRY(complete_scope(globals, locals));
  if (is_code(source)) {
    TRY(audit("exec", source));
    if (as<Code>(source)->co_nfreevars > 0)
      return raise(TypeError, "code object passed to eval() may not contain free variables");
    return eval_code(as<Code>(source), as<Dict>(globals.get()), locals);
  }
  return run_source(source, "eval", Py_eval_input, as<Dict>(globals.get()), locals);
}

Result<void> check_closure(Code* code, Object* closure) {
  int needed = code->co_nfreevars;
  if (needed == 0) {
    if (closure != None) return raise(TypeError, "cannot use a closure with this code object");
    return {};
  }
  bool fits = is_tuple_exact(closure) && tuple_size(as<Tuple>(closure)) == needed;
  for (int i = 0; fits && i < needed; ++i) fits = is_cell(tuple_item(as<Tuple>(closure), i));
  if (!fits) return raise(TypeError, "code object requires a closure of exactly length %d", needed);
  return {};
}

constexpr Doc exec_doc =
    "exec($module, source, globals=None, locals=None, /, *, closure=None)\n--\n\nExecute the given source in the "
    "context of globals and "
    "locals.\n\nThe source may be a string representing one or more Python statements\nor a code object as returned by "
    "compile().\nThe globals must "
    "be a dictionary and locals can be any mapping,\ndefaulting to the current globals and locals.\nIf only globals is "
    "given, locals defaults to "
    "it.\nThe closure must be a tuple of cellvars, and can only be used\nwhen source is a code object requiring "
    "exactly that many cellvars.";
Result<void> exec(Module*, Object* source, Object* given_globals, Object* given_locals, Object* closure) {
  if (given_globals != None && !is_dict(given_globals)) {
    return raise(TypeError, "exec() globals must be a dict, not %.100s", type_of(given_globals)->tp_name);
  }
  if (given_locals != None && !mapping_check(given_locals)) {
    return raise(TypeError, "locals must be a mapping or None, not %.100s", type_of(given_locals)->tp_name);
  }
  Ref<Object> globals = new_ref(given_globals), locals = new_ref(given_locals);
  TRY(complete_scope(globals, locals));
  if (is_code(source)) {
    Code* code = as<Code>(source);
    TRY(check_closure(code, closure));
    TRY(audit("exec", source));
    TRY(eval_code(code, as<Dict>(globals.get()), locals, closure == None ? nullptr : as<Tuple>(closure)));
    return {};
  }
  if (closure != None) return raise(TypeError, "closure can only be used when source is a code object");
  TRY(run_source(source, "exec", Py_file_input, as<Dict>(globals.get()), locals));
  return {};
}

// == Classes, imports, debugging ==

constexpr Doc build_class_arguments = "__build_class__($module, *args, **kwargs)\n--\n\n";
constexpr const char* build_class_text =
    "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the "
    "class statement.";
Result<Object> build_class_function(Module*, Tuple* args, Opt<Dict*> keywords) {
  if (tuple_size(args) < 2) return raise(TypeError, "__build_class__: not enough arguments");
  Ref<Tuple> bases = TRY(tuple_get_slice(args, 2, tuple_size(args)));
  return build_class(tuple_item(args, 0), tuple_item(args, 1), bases, keywords);
}

constexpr Doc import_doc =
    "__import__($module, /, name, globals=None, locals=None, fromlist=(), level=0)\n--\n\nImport a module.\n\nBecause "
    "this function is meant for use "
    "by the Python\ninterpreter and not for general use, it is better to use\nimportlib.import_module() to "
    "programmatically import a module.\n\nThe "
    "globals argument is only used to determine the context;\nthey are not modified.  The locals argument is unused.  "
    "The fromlist\nshould be a list "
    "of names to emulate ``from name import ...``, or an\nempty list to emulate ``import name``.\nWhen importing a "
    "module from a package, note that "
    "__import__('A.B', ...)\nreturns package A when fromlist is empty, but its submodule B when\nfromlist is not "
    "empty.  The level argument is used to "
    "determine whether to\nperform absolute or relative imports: 0 is absolute, while a positive number\nis the number "
    "of parent directories to search "
    "relative to the current module.";
Result<Object> import_function(Module*, Object* name, Opt<Object*> globals, Opt<Object*> locals, Opt<Object*> fromlist,
                               int level) {
  return import_module_level(name, globals, locals, fromlist, level);
}

constexpr Doc breakpoint_arguments = "breakpoint($module, *args, **kwargs)\n--\n\n";
constexpr const char* breakpoint_text =
    "breakpoint(*args, **kws)\n\nCall sys.breakpointhook(*args, **kws).  sys.breakpointhook() must accept\nwhatever "
    "arguments are passed.\n\nBy "
    "default, this drops you into the pdb debugger.";
Result<Object> breakpoint(Module*, Tuple* args, Opt<Dict*> keywords) {
  Opt<Object*> found = sys_get_object("breakpointhook");
  if (!found) return raise(RuntimeError, "lost sys.breakpointhook");
  Ref<Object> hook = new_ref(found.get());
  TRY(audit("builtins.breakpoint", hook.get()));
  return object_call(hook, args, static_cast<Object*>(keywords.get()));
}
}  // namespace

constinit PyMethodDef builtins_code_functions[] = {
    with_text(method<build_class_function, build_class_arguments>(), build_class_text),
    method<import_function, import_doc>(),
    with_text(method<breakpoint, breakpoint_arguments>(), breakpoint_text),
    method<compile, compile_doc>(),
    method<eval, eval_doc>(),
    method<exec, exec_doc>(),
    {},
};
}  // namespace adder
