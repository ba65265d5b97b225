// code: code objects: creation and its checks, comparison, attributes, replace().
//
// Layout     CodeObject (types/code.h): the ABI's PyCodeObject, whose fields C code may read, then our own.
// Invariant  immutable after code_new(); the execution form (rcode) comes and goes unseen.
// Equality   as CPython 3.11 decides it: everything but the file name, the qualified name, the stack size and columns.
// See        docs/bytecode.md, tests/python/test_code.py
#include "types/code.h"

#include <algorithm>

#include "bind/bind.h"
#include "memory/allocator.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"

namespace adder {
Result<Object> code_lines_iterator(Code* code);
Result<Object> code_positions_iterator(Code* code);
Result<Object> code_lnotab(Code* code);

namespace {
// == Creation ==

bool is_name_like(Str* text) {
  if (!str_is_ascii(text)) return false;
  const Py_UCS1* characters = str_data_1(text);
  return std::all_of(characters, characters + str_length(text), [](Py_UCS1 c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

void replace_item(Tuple* tuple, isize index, Ref<Object>&& item) { set_field(tuple->ob_item[index], std::move(item)); }

Result<void> check_names(Tuple* names) {
  for (isize i = 0; i < tuple_size(names); ++i) {
    Object* name = tuple_item(names, i);
    if (!is_str_exact(name)) {
      return raise(TypeError, "name tuples must contain only strings, not '%.500s'", name->ob_type->tp_name);
    }
  }
  return {};
}

// A tuple of names with every name interned: the same one if they are.
Result<Tuple> intern_names(Tuple* names) {
  TRY(check_names(names));
  Object** items = tuple_items(names);
  if (is_tuple_exact(names) &&
      std::all_of(items, items + tuple_size(names), [](Object* name) { return str_is_interned(as<Str>(name)); })) {
    return new_ref(names);
  }
  Ref<Tuple> result = TRY(tuple_from_array(tuple_items(names), tuple_size(names)));
  for (isize i = 0; i < tuple_size(names); ++i) {
    replace_item(result, i, str_intern(Ref<Str>::share(as<Str>(tuple_item(names, i)))));
  }
  return result;
}

// Strings that look like names are interned in constants too: they are often used with getattr() and as keys.
Result<Object> intern_constant(Object* value) {
  if (is_str_exact(value)) {
    return !str_is_interned(as<Str>(value)) && is_name_like(as<Str>(value))
               ? Ref<Object>(str_intern(Ref<Str>::share(as<Str>(value))))
               : new_ref(value);
  }
  if (is_tuple_exact(value)) {
    Tuple* items = as<Tuple>(value);
    for (isize i = 0; i < tuple_size(items); ++i) {
      Ref<Object> item = TRY(intern_constant(tuple_item(items, i)));
      if (item.get() != tuple_item(items, i)) replace_item(items, i, std::move(item));
    }
  } else if (value->ob_type == &PyFrozenSet_Type) {
    Ref<Tuple> items = TRY(sequence_tuple(value));
    Ref<Tuple> interned = TRY(tuple_from_array(tuple_items(items), tuple_size(items)));
    TRY(intern_constant(interned));
    for (isize i = 0; i < tuple_size(items); ++i)
      if (tuple_item(items, i) != tuple_item(interned, i)) return frozenset_new(interned.get());
  }
  return new_ref(value);
}

// A tuple of constants with what should be interned interned: the same one if nothing changes.
Result<Tuple> intern_constants(Tuple* constants) {
  Ref<Tuple> result = new_ref(constants);
  bool own = false;
  for (isize i = 0; i < tuple_size(constants); ++i) {
    Ref<Object> item = TRY(intern_constant(tuple_item(constants, i)));
    if (item.get() == tuple_item(constants, i)) continue;
    if (!own) result = TRY(tuple_from_array(tuple_items(constants), tuple_size(constants)));
    own = true;
    replace_item(result, i, std::move(item));
  }
  if (!own && !is_tuple_exact(constants)) return tuple_from_array(tuple_items(constants), tuple_size(constants));
  return result;
}

Result<void> check_parameters(const CodeParameters& p, isize locals) {
  auto has = [&](int flag) { return (p.flags & flag) != 0; };
  if (p.argcount < p.posonlyargcount || p.posonlyargcount < 0 || p.kwonlyargcount < 0 || p.stack_size < 0 ||
      p.flags < 0) {
    return raise_bad_internal_call();
  }
  if (bytes_size(p.code) % 2 != 0) return raise(ValueError, "code: co_code is malformed");
  isize parameters = isize{p.argcount} + p.kwonlyargcount + has(CO_VARARGS) + has(CO_VARKEYWORDS);
  if (parameters > locals) return raise(ValueError, "code: co_varnames is too small");
  return {};
}

// Which parameter each cell variable takes its first value from; null if none does.
int* find_cell_arguments(Tuple* varnames, Tuple* cellvars, int parameters, bool& failed) {
  isize cells = tuple_size(cellvars);
  int* result = nullptr;
  failed = false;
  for (isize cell = 0; cell < cells; ++cell) {
    for (int parameter = 0; parameter < parameters; ++parameter) {
      if (tuple_item(cellvars, cell) != tuple_item(varnames, parameter)) continue;
      if (!result) {
        result = static_cast<int*>(memory::allocate(static_cast<usize>(cells) * sizeof(int)));
        if (!result) {
          failed = true;
          return nullptr;
        }
        std::fill(result, result + cells, -1);
      }
      result[cell] = parameter;
    }
  }
  return result;
}

Result<Bytes> local_kinds(isize locals, isize cells, isize frees) {
  Ref<Bytes> kinds = TRY(bytes_new(locals + cells + frees));
  char* out = std::fill_n(bytes_data(kinds), locals, static_cast<char>(kFastLocal));
  out = std::fill_n(out, cells, static_cast<char>(kFastCell));
  std::fill_n(out, frees, static_cast<char>(kFastFree));
  return kinds;
}
}  // namespace

Result<Code> code_new(const CodeParameters& p) {
  isize locals = tuple_size(p.varnames), cells = tuple_size(p.cellvars), frees = tuple_size(p.freevars);
  TRY(check_parameters(p, locals));
  Ref<Tuple> names = TRY(intern_names(p.names));
  Ref<Tuple> varnames = TRY(intern_names(p.varnames));
  Ref<Tuple> cellvars = TRY(intern_names(p.cellvars));
  Ref<Tuple> freevars = TRY(intern_names(p.freevars));
  Ref<Tuple> consts = TRY(intern_constants(p.consts));
  Ref<Tuple> all_names = varnames.share();
  if (cells || frees) {
    all_names = TRY(tuple_new(locals + cells + frees));
    isize next = 0;
    for (Tuple* group : {varnames.get(), cellvars.get(), freevars.get()}) {
      for (isize i = 0; i < tuple_size(group); ++i) tuple_init_item(all_names, next++, new_ref(tuple_item(group, i)));
    }
  }
  Ref<Bytes> kinds = TRY(local_kinds(locals, cells, frees));
  Ref<Str> name = str_intern(Ref<Str>::share(p.name));
  Ref<Str> qualname = str_intern(Ref<Str>::share(p.qualname));

  int flags = cells || frees ? p.flags & ~kCodeNoFree : p.flags | kCodeNoFree;
  bool failed;
  int parameters = p.argcount + p.kwonlyargcount + ((flags & CO_VARARGS) != 0) + ((flags & CO_VARKEYWORDS) != 0);
  int* cell_arguments = find_cell_arguments(varnames, cellvars, parameters, failed);
  if (failed) return raise_no_memory();

  Object* raw = object_allocate(&PyCode_Type);
  if (!raw) {
    memory::release(cell_arguments);
    return Error{};
  }
  CodeObject* code = static_cast<CodeObject*>(raw);
  code->ob_size = 0;
  code->co_consts = consts.release();
  code->co_names = names.release();
  code->co_exceptiontable = new_ref<Object>(p.exception_table ? p.exception_table : bytes_empty()).release();
  code->co_flags = flags;
  code->co_warmup = 0;
  code->_co_linearray_entry_size = 0;
  code->co_argcount = p.argcount;
  code->co_posonlyargcount = p.posonlyargcount;
  code->co_kwonlyargcount = p.kwonlyargcount;
  code->co_stacksize = p.stack_size;
  code->co_firstlineno = p.first_line;
  code->co_nlocalsplus = static_cast<int>(locals + cells + frees);
  code->co_nlocals = static_cast<int>(locals);
  code->co_ncellvars = static_cast<int>(cells);
  code->co_nplaincellvars = static_cast<int>(cells);
  code->co_nfreevars = static_cast<int>(frees);
  code->co_localsplusnames = all_names.release();
  code->co_localspluskinds = kinds.release();
  code->co_filename = new_ref<Object>(p.filename).release();
  code->co_name = name.release();
  code->co_qualname = qualname.release();
  code->co_linetable = new_ref<Object>(p.line_table).release();
  code->co_weakreflist = nullptr;
  code->_co_code = new_ref<Object>(p.code).release();
  code->_co_linearray = nullptr;
  code->_co_firsttraceable = 0;
  code->co_extra = nullptr;
  code->position_table = Ref<Object>::share_or_empty(p.position_table).release();
  code->variable_names = varnames.release();
  code->cell_names = cellvars.release();
  code->free_names = freevars.release();
  code->cell_arguments = cell_arguments;
  code->rcode = nullptr;
  code->free_rcode = nullptr;
  return Ref<Code>::steal(code);
}

Result<Code> code_new_empty(Str* filename, Str* name, int first_line) {
  // LOAD_ASSERTION_ERROR, RAISE_VARARGS 1 on the first line: nobody should run it.
  Ref<Bytes> bytes = TRY(bytes_from_view({"J\0\x82\1", 4}));
  Ref<Bytes> lines = TRY(bytes_from_view({"\4\0", 2}));
  Tuple* empty = tuple_empty();
  return code_new({.filename = filename,
                   .name = name,
                   .qualname = name,
                   .code = bytes,
                   .first_line = first_line,
                   .line_table = lines,
                   .consts = empty,
                   .names = empty,
                   .varnames = empty,
                   .cellvars = empty,
                   .freevars = empty,
                   .stack_size = 1});
}

// == Extras ==

namespace {
// What extensions attach. One table of release functions for the process: extensions keep their index in a static
// variable.
constexpr isize kMaxExtras = 255;
using ExtraRelease = void (*)(void*);
constinit ExtraRelease extra_release[kMaxExtras] = {};
constinit isize extra_count = 0;
struct Extras {
  isize count;
  void* values[1];
};
void release_extras(Code* code) {
  Extras* extras = static_cast<Extras*>(code->co_extra);
  for (isize i = 0; i < extras->count; ++i) {
    if (extra_release[i] && extras->values[i]) extra_release[i](extras->values[i]);
  }
  memory::release(extras);
}
}  // namespace

isize code_request_extra_index(void (*release)(void*)) {
  if (extra_count == kMaxExtras) return -1;
  extra_release[extra_count] = release;
  return extra_count++;
}

Result<void> code_get_extra(Code* code, isize index, void** extra) {
  *extra = nullptr;
  Extras* extras = static_cast<Extras*>(code->co_extra);
  if (extras && index >= 0 && index < extras->count) *extra = extras->values[index];
  return {};
}

Result<void> code_set_extra(Code* code, isize index, void* extra) {
  if (index < 0 || index >= extra_count) return raise_bad_internal_call();
  Extras* extras = static_cast<Extras*>(code->co_extra);
  isize count = extras ? extras->count : 0;
  if (index >= count) {
    usize size = sizeof(Extras) + static_cast<usize>(extra_count - 1) * sizeof(void*);
    extras = static_cast<Extras*>(memory::reallocate(extras, size));
    if (!extras) return raise_no_memory();
    for (isize i = count; i < extra_count; ++i) extras->values[i] = nullptr;
    extras->count = extra_count;
    code->co_extra = extras;
  }
  void* old = std::exchange(extras->values[index], extra);
  if (old && extra_release[index]) extra_release[index](old);
  return {};
}

// == Slots ==

namespace {
void code_dealloc(PyObject* self) {
  CodeObject* code = static_cast<CodeObject*>(self);
  if (code->co_weakreflist) weakref_clear_all(self);
  if (code->rcode && code->free_rcode) code->free_rcode(code->rcode);
  if (code->co_extra) release_extras(code);
  memory::release(code->cell_arguments);
  memory::release(code->_co_linearray);
  clear_field(code->co_consts);
  clear_field(code->co_names);
  clear_field(code->co_exceptiontable);
  clear_field(code->co_localsplusnames);
  clear_field(code->co_localspluskinds);
  clear_field(code->co_filename);
  clear_field(code->co_name);
  clear_field(code->co_qualname);
  clear_field(code->co_linetable);
  clear_field(code->_co_code);
  clear_field(code->position_table);
  clear_field(code->variable_names);
  clear_field(code->cell_names);
  clear_field(code->free_names);
  object_free(self);
}

Result<Str> code_repr(Code* code) {
  int line = code->co_firstlineno ? code->co_firstlineno : -1;
  if (code->co_filename && is_str(code->co_filename)) {
    return str_from_format("<code object %U at %p, file \"%U\", line %d>", code->co_name, static_cast<void*>(code),
                           code->co_filename, line);
  }
  return str_from_format("<code object %U at %p, file ???, line %d>", code->co_name, static_cast<void*>(code), line);
}

Result<bool> same_constant(Object* a, Object* b);

// Sets of the same size whose items have their like in the other.
Result<bool> same_items(Set* a, Set* b) {
  if (set_size(a) != set_size(b)) return false;
  isize position = 0;
  Object *item, *other;
  Py_hash_t hash;
  while (set_next(a, position, item, hash)) {
    bool found = false;
    isize other_position = 0;
    while (!found && set_next(b, other_position, other, hash)) found = TRY(same_constant(item, other));
    if (!found) return false;
  }
  return true;
}

// 1 and 1.0 are equal, but code that returns one does not equal code that returns the other.
Result<bool> same_constant(Object* a, Object* b) {
  if (a == b) return true;
  if (a->ob_type != b->ob_type) return false;
  if (is_tuple_exact(a)) {
    Tuple *left = as<Tuple>(a), *right = as<Tuple>(b);
    if (tuple_size(left) != tuple_size(right)) return false;
    for (isize i = 0; i < tuple_size(left); ++i) {
      if (!TRY(same_constant(tuple_item(left, i), tuple_item(right, i)))) return false;
    }
    return true;
  }
  if (a->ob_type == &PyFrozenSet_Type) return same_items(as<Set>(a), as<Set>(b));
  if (!TRY(object_equal(a, b))) return false;
  if (a->ob_type != &PyFloat_Type && a->ob_type != &PyComplex_Type) return true;
  // -0.0 == 0.0, but their texts differ.
  Ref<Str> left = TRY(object_repr(a))
  , right = TRY(object_repr(b));
  return str_equal(left, right);
}

Result<Object> code_compare(Code* left, Object* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || !is_code(other)) return not_implemented();
  Code* right = as<Code>(other);
  bool equal = left == right ||
               (left->co_argcount == right->co_argcount && left->co_posonlyargcount == right->co_posonlyargcount &&
                left->co_kwonlyargcount == right->co_kwonlyargcount && left->co_flags == right->co_flags &&
                left->co_firstlineno == right->co_firstlineno);
  if (equal && left != right) {
    Object* const pairs[][2] = {{left->co_name, right->co_name},
                                {left->_co_code, right->_co_code},
                                {left->co_names, right->co_names},
                                {left->co_localsplusnames, right->co_localsplusnames},
                                {left->co_localspluskinds, right->co_localspluskinds},
                                {left->co_linetable, right->co_linetable},
                                {left->co_exceptiontable, right->co_exceptiontable}};
    for (const auto& pair : pairs) {
      equal = equal && TRY(object_equal(pair[0], pair[1]));
    }
    equal = equal && TRY(same_constant(left->co_consts, right->co_consts));
  }
  return bool_result((op == Py_EQ) == equal);
}

Result<isize> code_hash(Code* code) {
  u64 hash = 0x9E3779B97F4A7C15;
  auto mix = [&](u64 value) { hash = (hash ^ value) * 0x100000001B3; };
  for (Object* part : {code->co_name, code->co_consts, code->co_localsplusnames, code->_co_code}) {
    mix(static_cast<u64>(TRY(object_hash(part))));
  }
  for (int number :
       {code->co_argcount, code->co_posonlyargcount, code->co_kwonlyargcount, code->co_flags, code->co_firstlineno}) {
    mix(static_cast<u64>(number));
  }
  isize result = static_cast<isize>(hash);
  return result == -1 ? isize{-2} : result;
}

// == Constructor ==

constexpr const char* code_text =
    "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n"
    "      flags, codestring, constants, names, varnames, filename, name,\n"
    "      qualname, firstlineno, linetable, exceptiontable, freevars=(),\n"
    "      cellvars=(), /)\n--\n\nCreate a code object.  Not for the faint of heart.";

// The arguments of types.CodeType(…), converted one by one.
class CodeArguments {
 public:
  explicit CodeArguments(Tuple* args) : args_(args) {}
  Result<int> number() {
    Object* value = tuple_item(args_, index_++);
    Ref<Object> index = TRY(number_index(value));
    return int_as_int(index);
  }
  template <class T>
  Result<T> object(Type* type, const char* type_name) {
    Object* value = tuple_item(args_, index_++);
    if (!type_check(value, type)) {
      const char* given = value == None ? "None" : value->ob_type->tp_name;
      return raise(TypeError, "code() argument %zd must be %s, not %.50s", index_, type_name, given);
    }
    return new_ref(as<T>(value));
  }
  Result<Str> str() { return object<Str>(&PyUnicode_Type, "str"); }
  Result<Bytes> bytes() { return object<Bytes>(&PyBytes_Type, "bytes"); }
  Result<Tuple> tuple() { return object<Tuple>(&PyTuple_Type, "tuple"); }
  Result<Tuple> optional_tuple() { return index_ < tuple_size(args_) ? tuple() : Result<Tuple>::share(tuple_empty()); }

 private:
  Tuple* args_;
  isize index_ = 0;
};

// The objects of a code object to be, kept until it is made.
struct CodeObjects {
  Ref<Bytes> code, line_table, exception_table;
  Ref<Tuple> consts, names, varnames, freevars, cellvars;
  Ref<Str> filename, name, qualname;

  void fill(CodeParameters& p) {
    p.code = code;
    p.consts = consts;
    p.names = names;
    p.varnames = varnames;
    p.filename = filename;
    p.name = name;
    p.qualname = qualname;
    p.line_table = line_table;
    p.exception_table = exception_table;
    p.freevars = freevars;
    p.cellvars = cellvars;
  }
};

Result<Code> code_from_arguments(Tuple* args) {
  constexpr isize kRequired = 16, kAll = 18;
  isize given = tuple_size(args);
  if (given < kRequired) return raise(TypeError, "code expected at least %zd arguments, got %zd", kRequired, given);
  if (given > kAll) return raise(TypeError, "code expected at most %zd arguments, got %zd", kAll, given);
  CodeArguments next(args);
  CodeParameters p;
  p.argcount = TRY(next.number());
  p.posonlyargcount = TRY(next.number());
  p.kwonlyargcount = TRY(next.number());
  int locals = TRY(next.number());
  p.stack_size = TRY(next.number());
  p.flags = TRY(next.number());
  CodeObjects o;
  o.code = TRY(next.bytes());
  o.consts = TRY(next.tuple());
  o.names = TRY(next.tuple());
  o.varnames = TRY(next.tuple());
  o.filename = TRY(next.str());
  o.name = TRY(next.str());
  o.qualname = TRY(next.str());
  p.first_line = TRY(next.number());
  o.line_table = TRY(next.bytes());
  o.exception_table = TRY(next.bytes());
  o.freevars = TRY(next.optional_tuple());
  o.cellvars = TRY(next.optional_tuple());
  if (p.argcount < 0) return raise(ValueError, "code: argcount must not be negative");
  if (p.posonlyargcount < 0) return raise(ValueError, "code: posonlyargcount must not be negative");
  if (p.kwonlyargcount < 0) return raise(ValueError, "code: kwonlyargcount must not be negative");
  if (locals < 0) return raise(ValueError, "code: nlocals must not be negative");
  for (Tuple* group : {o.names.get(), o.varnames.get(), o.freevars.get(), o.cellvars.get()}) TRY(check_names(group));
  if (locals != tuple_size(o.varnames)) return raise(ValueError, "code: co_nlocals != len(co_varnames)");
  o.fill(p);
  return code_new(p);
}

PyObject* code_make(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  if (kwargs && dict_size(as<Dict>(kwargs)) > 0) {
    (void)raise(TypeError, "code() takes no keyword arguments");
    return nullptr;
  }
  return code_from_arguments(as<Tuple>(args)).to_c();
}

// == Methods ==

// The changes given to replace(): each field is taken out when it is read; what is left at the end is unknown.
class Changes {
 public:
  explicit Changes(Ref<Dict>&& changes) : changes_(std::move(changes)) {}
  Result<void> number(const char* name, int& field) {
    Ref<Object> value = TRY(take(name));
    if (!value) return {};
    Ref<Object> index = TRY(number_index(value));
    field = TRY(int_as_int(index));
    return field < 0 ? Result<void>(raise(ValueError, "%s must be a positive integer", name)) : Result<void>();
  }
  template <class T>
  Result<bool> object(const char* name, Type* type, const char* type_name, Ref<T>& field) {
    Ref<Object> value = TRY(take(name));
    if (!value) return false;
    if (!type_check(value, type)) {
      const char* given = value.get() == None ? "None" : value->ob_type->tp_name;
      return raise(TypeError, "replace() argument '%s' must be %s, not %.50s", name, type_name, given);
    }
    field = as<T>(std::move(value));
    return true;
  }
  Result<bool> str(const char* name, Ref<Str>& field) { return object(name, &PyUnicode_Type, "str", field); }
  Result<bool> bytes(const char* name, Ref<Bytes>& field) { return object(name, &PyBytes_Type, "bytes", field); }
  Result<bool> tuple(const char* name, Ref<Tuple>& field) { return object(name, &PyTuple_Type, "tuple", field); }
  Result<void> finish() {
    isize position = 0;
    Object *key, *value;
    if (!dict_next(changes_, position, key, value)) return {};
    return raise(TypeError, "'%U' is an invalid keyword argument for replace()", key);
  }

 private:
  Maybe<Object> take(const char* name) {
    Ref<Str> key = TRY(str_from_string(name));
    return dict_pop(changes_, key);
  }
  Ref<Dict> changes_;
};

constexpr Doc replace_doc =
    "replace($self, /, **changes)\n--\n\nReturn a copy of the code object with new values for the specified fields.";
Result<Object> code_replace(Code* self, Opt<Dict*> given) {
  Changes changes(given ? TRY(dict_copy(given.get())) : TRY(dict_new()));
  CodeParameters p;
  p.argcount = self->co_argcount;
  p.posonlyargcount = self->co_posonlyargcount;
  p.kwonlyargcount = self->co_kwonlyargcount;
  p.stack_size = self->co_stacksize;
  p.flags = self->co_flags;
  p.first_line = self->co_firstlineno;
  int locals = self->co_nlocals;
  CodeObjects o{.code = new_ref(code_bytes(self)),
                .line_table = new_ref(as<Bytes>(self->co_linetable)),
                .exception_table = new_ref(as<Bytes>(self->co_exceptiontable)),
                .consts = new_ref(code_consts(self)),
                .names = new_ref(code_names(self)),
                .varnames = new_ref(code_varnames(self)),
                .freevars = new_ref(code_freevars(self)),
                .cellvars = new_ref(code_cellvars(self)),
                .filename = new_ref(as<Str>(self->co_filename)),
                .name = new_ref(as<Str>(self->co_name)),
                .qualname = new_ref(as<Str>(self->co_qualname))};
  TRY(changes.number("co_argcount", p.argcount));
  TRY(changes.number("co_posonlyargcount", p.posonlyargcount));
  TRY(changes.number("co_kwonlyargcount", p.kwonlyargcount));
  TRY(changes.number("co_nlocals", locals));
  TRY(changes.number("co_stacksize", p.stack_size));
  TRY(changes.number("co_flags", p.flags));
  TRY(changes.number("co_firstlineno", p.first_line));
  bool new_code = TRY(changes.bytes("co_code", o.code));
  TRY(changes.tuple("co_consts", o.consts));
  TRY(changes.tuple("co_names", o.names));
  TRY(changes.tuple("co_varnames", o.varnames));
  TRY(changes.tuple("co_freevars", o.freevars));
  TRY(changes.tuple("co_cellvars", o.cellvars));
  TRY(changes.str("co_filename", o.filename));
  TRY(changes.str("co_name", o.name));
  TRY(changes.str("co_qualname", o.qualname));
  bool new_lines = TRY(changes.bytes("co_linetable", o.line_table));
  TRY(changes.bytes("co_exceptiontable", o.exception_table));
  TRY(changes.finish());
  if (locals != tuple_size(o.varnames)) return raise(ValueError, "code: co_nlocals != len(co_varnames)");
  o.fill(p);
  // Columns belong to the old instructions.
  if (!new_code && !new_lines && code_object(self)->position_table) {
    p.position_table = as<Bytes>(code_object(self)->position_table);
  }
  return code_new(p);
}

constexpr Doc varname_doc =
    "_varname_from_oparg($self, /, oparg)\n--\n\n(internal-only) Return the local variable name for the given "
    "oparg.\n\n"
    "WARNING: this method is for internal use only and may change or go away.";
Result<Object> code_varname_from_oparg(Code* self, int oparg) {
  Tuple* names = as<Tuple>(self->co_localsplusnames);
  if (oparg < 0 || oparg >= tuple_size(names)) return raise(IndexError, "tuple index out of range");
  return new_ref(tuple_item(names, oparg));
}
constexpr Doc lines_doc = "co_lines($self, /)\n--\n\n";
constexpr Doc positions_doc = "co_positions($self, /)\n--\n\n";
constexpr Doc sizeof_doc = "__sizeof__($self, /)\n--\n\nSize of object in memory, in bytes.";
Result<isize> code_sizeof(Code* self) {
  isize cells = code_object(self)->cell_arguments ? self->co_ncellvars * static_cast<isize>(sizeof(int)) : 0;
  return static_cast<isize>(sizeof(CodeObject)) + cells;
}

Result<Object> get_code(Code* self) { return new_ref<Object>(code_bytes(self)); }
Result<Object> get_varnames(Code* self) { return new_ref<Object>(code_varnames(self)); }
Result<Object> get_cellvars(Code* self) { return new_ref<Object>(code_cellvars(self)); }
Result<Object> get_freevars(Code* self) { return new_ref<Object>(code_freevars(self)); }

constinit PyMethodDef code_methods[] = {
    method<code_sizeof, sizeof_doc>(),
    method<code_lines_iterator, lines_doc>(),
    method<code_positions_iterator, positions_doc>(),
    method<code_replace, replace_doc>(),
    method<code_varname_from_oparg, varname_doc>(),
    {},
};
constinit PyGetSetDef code_getset[] = {
    get_set<code_lnotab>("co_lnotab"),
    get_set<get_code>("_co_code_adaptive"),
    get_set<get_varnames>("co_varnames"),
    get_set<get_cellvars>("co_cellvars"),
    get_set<get_freevars>("co_freevars"),
    get_set<get_code>("co_code"),
    {},
};
constinit PyMemberDef code_members[] = {
    member("co_argcount", T_INT, offsetof(Code, co_argcount), READONLY),
    member("co_posonlyargcount", T_INT, offsetof(Code, co_posonlyargcount), READONLY),
    member("co_kwonlyargcount", T_INT, offsetof(Code, co_kwonlyargcount), READONLY),
    member("co_stacksize", T_INT, offsetof(Code, co_stacksize), READONLY),
    member("co_flags", T_INT, offsetof(Code, co_flags), READONLY),
    member("co_names", T_OBJECT, offsetof(Code, co_names), READONLY),
    member("co_filename", T_OBJECT, offsetof(Code, co_filename), READONLY),
    member("co_name", T_OBJECT, offsetof(Code, co_name), READONLY),
    member("co_qualname", T_OBJECT, offsetof(Code, co_qualname), READONLY),
    member("co_linetable", T_OBJECT, offsetof(Code, co_linetable), READONLY),
    member("co_nlocals", T_INT, offsetof(Code, co_nlocals), READONLY),
    member("co_firstlineno", T_INT, offsetof(Code, co_firstlineno), READONLY),
    member("co_consts", T_OBJECT, offsetof(Code, co_consts), READONLY),
    member("co_exceptiontable", T_OBJECT, offsetof(Code, co_exceptiontable), READONLY),
    {},
};
}  // namespace
}  // namespace adder

using namespace adder;

constinit PyTypeObject PyCode_Type = {
    .tp_name = "code",
    .tp_basicsize = sizeof(CodeObject),
    .tp_dealloc = code_dealloc,
    .tp_repr = slot<code_repr>,
    .tp_hash = slot<code_hash>,
    .tp_getattro = object_generic_get_attr_slot,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = code_text,
    .tp_richcompare = slot<code_compare>,
    .tp_weaklistoffset = offsetof(PyCodeObject, co_weakreflist),
    .tp_methods = code_methods,
    .tp_members = code_members,
    .tp_getset = code_getset,
    .tp_new = code_make,
};
