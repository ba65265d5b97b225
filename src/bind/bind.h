// bind: how built-in types, methods and modules are declared.
//
// One typed C++ function and one Doc make a PyMethodDef: the Doc's signature is parsed at compile time into name, argument
// rules and METH flags, and a static_assert ties it to the C++ parameters.
//
//   constexpr Doc sort_doc = "sort($self, /, *, key=None, reverse=False)\n--\n\nSort the list in ascending order …";
//   static Result<void> list_sort(List* self, Object* key, bool reverse) { … }
//   static constinit PyMethodDef list_methods[] = {method<list_sort, sort_doc>(), {}};
//
// First parameter of the C++ function: the receiver (`$self`, `$module`, `$type`): Self*, Module* (functions of modules), Type*
// (class methods). static_method functions have none. Then one parameter for each in the signature; `*args` is Tuple*, `**kwargs`
// is Opt<Dict*>.
// Parameter types: Object* (a missing one becomes the default if that is None, True, False or a small int; for others use Opt<Object*>),
// Opt<Object*>, Str*, Opt<Str*> (TypeError unless str; Opt<Str*> takes None as absent only where the default is None), Bytes*, Int*, List*, Dict*, Tuple*, Type*,
// bool (truth), isize, int, long, u64, u32, double, Py_UCS4 as Char. Defaults of numbers, True, False, sys.maxsize are taken from the text.
// Results: Result<T>, Result<void> (None), Result<bool>, Result<isize|int|i64|u64|double>, Maybe<T> (absent = None is NOT done: use Result).
// Without a signature (`Doc{"name", "free text"}`): raw_method<fn, doc>(flags) takes the C function as it is.
//
// slot<fn>         adapts a Result function to the C slot of the same shape: .tp_repr = slot<list_repr>
// constructor<fn, doc>   adapts `Result<Object> fn(Type* type, params…)` to tp_new;  initializer<fn, doc> for tp_init.
#pragma once
#include <utility>

#include "object/object.h"

namespace adder {
// A documentation text with its signature, parsed at compile time.
struct Doc {
  static constexpr int kMaxParameters = 16;
  const char* text = nullptr;
  char name[40]{};
  char parameter[kMaxParameters][24]{};  // "" for positional-only ones is kept with its name too
  const char* default_text[kMaxParameters]{};  // into text; null if required
  int default_size[kMaxParameters]{};
  int count = 0;            // parameters without receiver, *args and **kwargs
  int positional_only = 0;  // the first n
  int positional = 0;       // the first n can be positional
  int required = 0;         // positional parameters without default (they come first)
  int required_keyword_only = 0;
  bool has_args = false, has_kwargs = false;

  consteval Doc(const char* source) : text(source) {
    const char* s = source;
    for (int n = 0; *s != '('; ++s) name[n++] = *s;
    ++s;
    bool keyword_only = false;
    while (*s != ')') {
      if (*s == ' ' || *s == ',' || *s == '\n') {
        ++s;
        continue;
      }
      if (*s == '$') {
        while (*s != ',' && *s != ')') ++s;
        continue;
      }
      if (*s == '/') {
        positional_only = count;
        ++s;
        continue;
      }
      if (*s == '*' && s[1] == '*') {
        has_kwargs = true;
        while (*s != ',' && *s != ')') ++s;
        continue;
      }
      if (*s == '*') {
        if (s[1] != ',' ) has_args = true;
        keyword_only = true;
        while (*s != ',' && *s != ')') ++s;
        continue;
      }
      int n = 0;
      while (*s != ',' && *s != ')' && *s != '=') parameter[count][n++] = *s++;
      if (*s == '=') {
        ++s;
        default_text[count] = s;
        int depth = 0;
        char quote = 0;
        while (quote || depth || (*s != ',' && *s != ')')) {
          if (quote) {
            if (*s == '\\') ++s;
            else if (*s == quote) quote = 0;
          } else if (*s == '\'' || *s == '"') {
            quote = *s;
          } else if (*s == '(' || *s == '[' || *s == '{') {
            ++depth;
          } else if (*s == ')' || *s == ']' || *s == '}') {
            --depth;
          }
          ++s;
        }
        default_size[count] = static_cast<int>(s - default_text[count]);
      } else if (keyword_only) {
        ++required_keyword_only;
      } else {
        ++required;
      }
      ++count;
      if (!keyword_only) positional = count;
    }
  }
  constexpr bool default_is(int index, const char* expected) const {
    const char* d = default_text[index];
    if (!d) return false;
    int n = 0;
    while (expected[n] && n < default_size[index] && d[n] == expected[n]) ++n;
    return !expected[n] && n == default_size[index];
  }
  // The default as a C integer (decimal, hex, True, False, sys.maxsize); 0 for others.
  constexpr i64 default_integer(int index) const {
    if (!default_text[index]) return 0;
    if (default_is(index, "True")) return 1;
    if (default_is(index, "sys.maxsize")) return kMaxSize;
    const char* d = default_text[index];
    const char* end = d + default_size[index];
    bool negative = d != end && *d == '-';
    if (negative) ++d;
    i64 base = 10, value = 0;
    if (end - d > 2 && d[0] == '0' && d[1] == 'x') base = 16, d += 2;
    for (; d != end; ++d) {
      int digit_value = *d >= '0' && *d <= '9' ? *d - '0' : base == 16 && *d >= 'a' && *d <= 'f' ? *d - 'a' + 10 : -1;
      if (digit_value < 0) return 0;
      value = value * base + digit_value;
    }
    return negative ? -value : value;
  }
  // A decimal number from -5 to 256: there is an object for it.
  constexpr bool default_is_small_int(int index) const {
    const char* d = default_text[index];
    if (!d) return false;
    int n = 0;
    if (d[0] == '-') ++n;
    if (n == default_size[index]) return false;
    for (; n < default_size[index]; ++n) {
      if (d[n] < '0' || d[n] > '9') return false;
    }
    return default_integer(index) >= -5 && default_integer(index) <= 256;
  }
  // Whether a missing argument can become an object at all (else the parameter must be Opt<Object*>).
  constexpr bool default_is_object(int index) const {
    return !default_text[index] || default_is(index, "None") || default_is(index, "True") || default_is(index, "False") || default_is_small_int(index);
  }
  // Whether a call with from `required` to `positional` arguments and no keywords is right as it stands.
  constexpr bool plain_calls_fit() const {
    if (has_args || has_kwargs || required_keyword_only) return false;
    for (int i = 0; i < required; ++i) {
      if (default_text[i]) return false;
    }
    return true;
  }
  constexpr bool all_positional_only() const { return positional_only == count && !has_args && !has_kwargs; }
};

// Distributes call arguments over `out` (count entries, null where absent), borrowed. `rest` and `keywords` receive *args and
// **kwargs (new references) if the Doc has them. Sets CPython's TypeErrors. One out-of-line copy (bind/arguments.cpp).
bool parse_arguments(const Doc& doc, Object* const* args, isize nargs, Opt<Tuple*> keyword_names, Object** out,
                     Ref<Tuple>* rest, Ref<Dict>* keywords);
// The same from a tuple and a dict (tp_new, tp_init, tp_call).
bool parse_arguments(const Doc& doc, Tuple* args, Opt<Dict*> kwargs, Object** out, Ref<Tuple>* rest, Ref<Dict>* keywords);

struct Char {
  Py_UCS4 value;
};
// A start or stop argument as slices take it: __index__, clipped to isize, negative counts from the end.
struct SliceIndex {
  isize value;
  // Fits it to a sequence of `size` items: 0 <= result.
  isize fitted(isize size) const { return value >= 0 ? value : value + size < 0 ? 0 : value + size; }
};
// Conversion of one present argument; `doc` and `index` (0-based) serve the error text.
inline bool convert_argument(const Doc&, int, Object* object, Object*& out) {
  out = object;
  return true;
}
inline bool convert_argument(const Doc&, int, Object* object, Opt<Object*>& out) {
  out = object;
  return true;
}
bool convert_argument(const Doc& doc, int index, Object* object, bool& out);
bool convert_argument(const Doc& doc, int index, Object* object, isize& out);
bool convert_argument(const Doc& doc, int index, Object* object, int& out);
bool convert_argument(const Doc& doc, int index, Object* object, u64& out);
bool convert_argument(const Doc& doc, int index, Object* object, u32& out);
bool convert_argument(const Doc& doc, int index, Object* object, double& out);
bool convert_argument(const Doc& doc, int index, Object* object, Char& out);
bool convert_argument(const Doc& doc, int index, Object* object, SliceIndex& out);
bool convert_argument(const Doc& doc, int index, Object* object, Str*& out);
bool convert_argument(const Doc& doc, int index, Object* object, Opt<Str*>& out);
bool convert_argument(const Doc& doc, int index, Object* object, Bytes*& out);
bool convert_argument(const Doc& doc, int index, Object* object, Int*& out);
bool convert_argument(const Doc& doc, int index, Object* object, List*& out);
bool convert_argument(const Doc& doc, int index, Object* object, Dict*& out);
bool convert_argument(const Doc& doc, int index, Object* object, Tuple*& out);
bool convert_argument(const Doc& doc, int index, Object* object, Type*& out);

// What a missing parameter becomes.
template <class T>
constexpr T missing_argument(const Doc& doc, int index) {
  if constexpr (std::is_same_v<T, Object*>) {
    if (doc.default_is(index, "None")) return None;
    if (doc.default_is(index, "True")) return True;
    if (doc.default_is(index, "False")) return False;
    return doc.default_is_small_int(index) ? &_PyRuntime.small_ints[doc.default_integer(index) + 5] : nullptr;
  }
  else if constexpr (std::is_same_v<T, Char>) return Char{static_cast<Py_UCS4>(doc.default_size[index] == 3 ? doc.default_text[index][1] : ' ')};
  else if constexpr (std::is_same_v<T, SliceIndex>) return SliceIndex{static_cast<isize>(doc.default_integer(index))};
  else if constexpr (std::is_arithmetic_v<T>) return static_cast<T>(doc.default_integer(index));
  else return T{};
}

// Results back to C.
template <class T>
PyObject* result_to_c(Result<T> result) {
  return result.to_c();
}
inline PyObject* result_to_c(Result<void> result) {
  if (result.failed()) return nullptr;
  return None;  // immortal
}
inline PyObject* result_to_c(Result<bool> result) {
  if (result.failed()) return nullptr;
  return bool_object(result.take());
}
PyObject* integer_to_c(i64 value);
PyObject* unsigned_to_c(u64 value);
PyObject* double_to_c(double value);
inline PyObject* result_to_c(Result<isize> result) { return result.failed() ? nullptr : integer_to_c(result.take()); }
inline PyObject* result_to_c(Result<int> result) { return result.failed() ? nullptr : integer_to_c(result.take()); }
inline PyObject* result_to_c(Result<u64> result) { return result.failed() ? nullptr : unsigned_to_c(result.take()); }
inline PyObject* result_to_c(Result<double> result) { return result.failed() ? nullptr : double_to_c(result.take()); }

namespace bind_detail {
// The call of Fn with converted arguments, for each kind of receiver.
template <auto Fn, const Doc& D, class Parameters>
struct Apply;
template <class... T>
struct Types {};

template <auto Fn, const Doc& D, class... P>
struct Apply<Fn, D, Types<P...>> {
  static constexpr int kExtra = (D.has_args ? 1 : 0) + (D.has_kwargs ? 1 : 0);
  static_assert(static_cast<int>(sizeof...(P)) == D.count + kExtra, "signature string and C++ parameters disagree");

  template <int I, class T>
  static bool convert(Object* object, T& slot) {
    static_assert(!std::is_same_v<T, Object*> || D.default_is_object(I), "this default has no object: use Opt<Object*>");
    if (!object) {
      slot = missing_argument<T>(D, I);
      return true;
    }
    return convert_argument(D, I, object, slot);
  }
  // `receiver...` is empty or one pointer.
  template <usize... I, class... Receiver>
  static PyObject* run(Object* const* in, Ref<Tuple>* rest, Ref<Dict>* keywords, std::index_sequence<I...>, Receiver... receiver) {
    return [&](auto... slot) -> PyObject* {
      bool ok = true;
      ((ok = ok && fill<static_cast<int>(I)>(in, rest, keywords, slot)), ...);
      if (!ok) return nullptr;
      return result_to_c(Fn(receiver..., slot...));
    }(std::remove_cvref_t<P>{}...);
  }
  template <int I, class T>
  static bool fill(Object* const* in, Ref<Tuple>* rest, Ref<Dict>* keywords, T& slot) {
    if constexpr (I < D.count) {
      return convert<I>(in[I], slot);
    } else if constexpr (std::is_same_v<T, Tuple*>) {
      slot = rest->get();
      return true;
    } else {
      slot = keywords->get();
      return true;
    }
  }
  template <class... Receiver>
  static PyObject* from_vector(PyObject* const* args, Py_ssize_t nargs, PyObject* names, Receiver... receiver) {
    Object* out[D.count + 1] = {};
    if constexpr (D.plain_calls_fit()) {
      if (ADDER_LIKELY(nargs >= D.required && nargs <= D.positional && (!names || !static_cast<PyVarObject*>(names)->ob_size))) {
        for (int i = 0; i < D.positional && i < nargs; ++i) out[i] = args[i];
        return run(out, nullptr, nullptr, std::index_sequence_for<P...>{}, receiver...);
      }
    }
    Ref<Tuple> rest;
    Ref<Dict> keywords;
    if (!parse_arguments(D, args, nargs, reinterpret_cast<Tuple*>(names), out, &rest, &keywords)) return nullptr;
    return run(out, &rest, &keywords, std::index_sequence_for<P...>{}, receiver...);
  }
  template <class... Receiver>
  static PyObject* from_tuple(PyObject* args, PyObject* kwargs, Receiver... receiver) {
    Object* out[D.count + 1] = {};
    Ref<Tuple> rest;
    Ref<Dict> keywords;
    if (!parse_arguments(D, static_cast<Tuple*>(args), static_cast<Dict*>(kwargs), out, &rest, &keywords)) return nullptr;
    return run(out, &rest, &keywords, std::index_sequence_for<P...>{}, receiver...);
  }
};
template <const Doc& D>
inline constexpr int kMethFlags = D.has_args || D.has_kwargs                                      ? METH_FASTCALL | METH_KEYWORDS
                                  : D.count == 0                                                  ? METH_NOARGS
                                  : D.count == 1 && D.required == 1 && D.positional_only == 1     ? METH_O
                                  : D.positional_only == D.count                                  ? METH_FASTCALL
                                                                                                  : METH_FASTCALL | METH_KEYWORDS;

// The nearest base that is no class: a subclass with an __init__ or __new__ of its own may take keywords that the built-in type's
// other half, which is called with the same arguments, does not know.
inline Type* built_in_base(Type* type) {
  while (is_heap_type(type) && type->tp_base) type = type->tp_base;
  return type;
}

template <auto Fn, const Doc& D>
struct Thunk;
template <class R, class Self, class... P, R (*Fn)(Self*, P...), const Doc& D>
struct Thunk<Fn, D> {
  using Call = Apply<Fn, D, Types<P...>>;
  static Self* receiver(PyObject* self) { return reinterpret_cast<Self*>(self); }
  static PyObject* noargs(PyObject* self, PyObject*) {
    return Call::run(nullptr, nullptr, nullptr, std::index_sequence_for<P...>{}, receiver(self));
  }
  static PyObject* one(PyObject* self, PyObject* arg) {
    return Call::run(&arg, nullptr, nullptr, std::index_sequence_for<P...>{}, receiver(self));
  }
  static PyObject* fast(PyObject* self, PyObject* const* args, Py_ssize_t nargs) {
    return Call::from_vector(args, nargs, nullptr, receiver(self));
  }
  static PyObject* fast_keywords(PyObject* self, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
    return Call::from_vector(args, nargs, names, receiver(self));
  }
  static PyObject* tuple_keywords(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
    if constexpr (D.all_positional_only()) {
      if (kwargs && type->tp_init != built_in_base(type)->tp_init) kwargs = nullptr;
    }
    return Call::from_tuple(args, kwargs, receiver(type));
  }
  static PyObject* call_slot(PyObject* self, PyObject* args, PyObject* kwargs) {
    return Call::from_tuple(args, kwargs, receiver(self));
  }
  static int init_slot(PyObject* self, PyObject* args, PyObject* kwargs) {
    if constexpr (D.all_positional_only()) {
      if (kwargs && self->ob_type->tp_new != built_in_base(self->ob_type)->tp_new) kwargs = nullptr;
    }
    return Call::from_tuple(args, kwargs, receiver(self)) ? 0 : -1;
  }
};
template <auto Fn, const Doc& D>
struct StaticThunk;
template <class R, class... P, R (*Fn)(P...), const Doc& D>
struct StaticThunk<Fn, D> {
  using Call = Apply<Fn, D, Types<P...>>;
  static PyObject* noargs(PyObject*, PyObject*) { return Call::run(nullptr, nullptr, nullptr, std::index_sequence_for<P...>{}); }
  static PyObject* one(PyObject*, PyObject* arg) { return Call::run(&arg, nullptr, nullptr, std::index_sequence_for<P...>{}); }
  static PyObject* fast(PyObject*, PyObject* const* args, Py_ssize_t nargs) { return Call::from_vector(args, nargs, nullptr); }
  static PyObject* fast_keywords(PyObject*, PyObject* const* args, Py_ssize_t nargs, PyObject* names) {
    return Call::from_vector(args, nargs, names);
  }
};
template <class T, const Doc& D>
constexpr PyMethodDef definition(int extra_flags) {
  constexpr int flags = kMethFlags<D>;
  PyMethodDef def;
  def.ml_name = D.name;
  def.ml_flags = flags | extra_flags;
  def.ml_doc = D.text;
  if constexpr (flags == METH_NOARGS) def.ml_meth = &T::noargs;
  else if constexpr (flags == METH_O) def.ml_meth = &T::one;
  else if constexpr (flags == METH_FASTCALL) def.ml_fast = &T::fast;
  else def.ml_fast_keywords = &T::fast_keywords;
  return def;
}
}  // namespace bind_detail

// An instance method, or a function of a module (receiver Module*).
template <auto Fn, const Doc& D>
constexpr PyMethodDef method() {
  return bind_detail::definition<bind_detail::Thunk<Fn, D>, D>(0);
}
// For types that have both a slot and a method of that name (__getitem__, __contains__); `text` is the doc to show.
template <auto Fn, const Doc& D>
constexpr PyMethodDef coexisting_method(const char* text = D.text) {
  PyMethodDef def = bind_detail::definition<bind_detail::Thunk<Fn, D>, D>(METH_COEXIST);
  def.ml_doc = text;
  return def;
}
template <auto Fn, const Doc& D>
constexpr PyMethodDef class_method() {
  return bind_detail::definition<bind_detail::Thunk<Fn, D>, D>(METH_CLASS);
}
template <auto Fn, const Doc& D>
constexpr PyMethodDef static_method() {
  return bind_detail::definition<bind_detail::StaticThunk<Fn, D>, D>(METH_STATIC);
}
// tp_new from `Result<T> fn(Type* type, parameters…)`, tp_init and tp_call from `Result<…> fn(Self* self, parameters…)`.
template <auto Fn, const Doc& D>
inline constexpr newfunc constructor = &bind_detail::Thunk<Fn, D>::tuple_keywords;
template <auto Fn, const Doc& D>
inline constexpr initproc initializer = &bind_detail::Thunk<Fn, D>::init_slot;
template <auto Fn, const Doc& D>
inline constexpr ternaryfunc caller = &bind_detail::Thunk<Fn, D>::call_slot;

// A C function as it is (METH_VARARGS, METH_FASTCALL …) for the rare shape that no signature expresses.
constexpr PyMethodDef raw_method(const char* name, PyCFunction function, int flags, const char* doc) {
  PyMethodDef def;
  def.ml_name = name;
  def.ml_meth = function;
  def.ml_flags = flags;
  def.ml_doc = doc;
  return def;
}
constexpr PyMethodDef raw_method(const char* name, PyCFunctionFast function, int flags, const char* doc) {
  PyMethodDef def;
  def.ml_name = name;
  def.ml_fast = function;
  def.ml_flags = flags;
  def.ml_doc = doc;
  return def;
}
constexpr PyMethodDef raw_method(const char* name, PyCFunctionFastWithKeywords function, int flags, const char* doc) {
  PyMethodDef def;
  def.ml_name = name;
  def.ml_fast_keywords = function;
  def.ml_flags = flags;
  def.ml_doc = doc;
  return def;
}

// == Slots: one specialisation for each shape of C slot ==

namespace bind_detail {
template <auto Fn>
struct SlotOf;
template <class Self, class T, Result<T> (*Fn)(Self*)>
  requires std::is_class_v<T>
struct SlotOf<Fn> {  // unaryfunc, reprfunc, getiterfunc
  static PyObject* call(PyObject* self) { return Fn(reinterpret_cast<Self*>(self)).to_c(); }
};
template <class Self, class T, Maybe<T> (*Fn)(Self*)>
struct SlotOf<Fn> {  // iternextfunc: absent is the end
  static PyObject* call(PyObject* self) { return Fn(reinterpret_cast<Self*>(self)).to_c(); }
};
template <class Self, Result<isize> (*Fn)(Self*)>
struct SlotOf<Fn> {  // lenfunc, hashfunc
  static Py_ssize_t call(PyObject* self) { return Fn(reinterpret_cast<Self*>(self)).to_c(); }
};
template <class Self, Result<bool> (*Fn)(Self*)>
struct SlotOf<Fn> {  // inquiry
  static int call(PyObject* self) { return Fn(reinterpret_cast<Self*>(self)).to_c(); }
};
template <class Self, class B, class T, Result<T> (*Fn)(Self*, B*)>
  requires std::is_class_v<T>
struct SlotOf<Fn> {  // binaryfunc, getattrofunc
  static PyObject* call(PyObject* self, PyObject* other) {
    return Fn(reinterpret_cast<Self*>(self), reinterpret_cast<B*>(other)).to_c();
  }
};
template <class Self, class T, Result<T> (*Fn)(Self*, Object*, Object*)>
  requires std::is_class_v<T>
struct SlotOf<Fn> {  // ternaryfunc (nb_power), descrgetfunc
  static PyObject* call(PyObject* self, PyObject* second, PyObject* third) {
    return Fn(reinterpret_cast<Self*>(self), second, third).to_c();
  }
};
template <class Self, class T, Result<T> (*Fn)(Self*, Opt<Object*>, Opt<Object*>)>
  requires std::is_class_v<T>
struct SlotOf<Fn> {  // descrgetfunc with absent object or type; ternaryfunc with absent kwargs
  static PyObject* call(PyObject* self, PyObject* second, PyObject* third) {
    return Fn(reinterpret_cast<Self*>(self), second, third).to_c();
  }
};
template <class Self, class T, Result<T> (*Fn)(Self*, isize)>
  requires std::is_class_v<T>
struct SlotOf<Fn> {  // ssizeargfunc
  static PyObject* call(PyObject* self, Py_ssize_t index) { return Fn(reinterpret_cast<Self*>(self), index).to_c(); }
};
template <class Self, class T, Result<T> (*Fn)(Self*, Object*, int)>
  requires std::is_class_v<T>
struct SlotOf<Fn> {  // richcmpfunc
  static PyObject* call(PyObject* self, PyObject* other, int op) { return Fn(reinterpret_cast<Self*>(self), other, op).to_c(); }
};
template <class Self, Result<bool> (*Fn)(Self*, Object*)>
struct SlotOf<Fn> {  // objobjproc (contains)
  static int call(PyObject* self, PyObject* value) { return Fn(reinterpret_cast<Self*>(self), value).to_c(); }
};
template <class Self, Result<void> (*Fn)(Self*, isize, Opt<Object*>)>
struct SlotOf<Fn> {  // ssizeobjargproc: absent value deletes
  static int call(PyObject* self, Py_ssize_t index, PyObject* value) { return Fn(reinterpret_cast<Self*>(self), index, value).to_c(); }
};
template <class Self, Result<void> (*Fn)(Self*, Object*, Opt<Object*>)>
struct SlotOf<Fn> {  // objobjargproc, setattrofunc, descrsetfunc: absent value deletes
  static int call(PyObject* self, PyObject* key, PyObject* value) { return Fn(reinterpret_cast<Self*>(self), key, value).to_c(); }
};
// getter and setter of PyGetSetDef
template <auto Fn>
struct GetterOf;
template <class Self, class R, R (*Fn)(Self*)>
struct GetterOf<Fn> {
  static PyObject* call(PyObject* self, void*) { return result_to_c(Fn(reinterpret_cast<Self*>(self))); }
};
template <auto Fn>
struct SetterOf;
template <class Self, Result<void> (*Fn)(Self*, Opt<Object*>)>
struct SetterOf<Fn> {
  static int call(PyObject* self, PyObject* value, void*) { return Fn(reinterpret_cast<Self*>(self), value).to_c(); }
};
}  // namespace bind_detail
template <auto Fn>
inline constexpr auto slot = &bind_detail::SlotOf<Fn>::call;

// {get_set<fn>("name", "doc")} and {get_set<getter_fn, setter_fn>("name", "doc")}; the setter's absent value means delete.
template <auto Get>
constexpr PyGetSetDef get_set(const char* name, const char* doc = nullptr) {
  return {name, &bind_detail::GetterOf<Get>::call, nullptr, doc, nullptr};
}
template <auto Get, auto Set>
constexpr PyGetSetDef get_set(const char* name, const char* doc = nullptr) {
  return {name, &bind_detail::GetterOf<Get>::call, &bind_detail::SetterOf<Set>::call, doc, nullptr};
}
// -- Modules --
//
//   static Result<void> math_exec(Module* module) { TRY(module_add_type(…)); … return {}; }
//   static constinit PyModuleDef_Slot math_slots[] = {module_exec<math_exec>(), {}};
//   static constinit ModuleDef math_definition = module_definition("math", math_text, math_functions, math_slots);
//   ADDER_EXPORT PyObject* PyInit_math() { return module_def_init(&math_definition); }     // import/import.h
template <auto Fn>
constexpr PyModuleDef_Slot module_exec() {
  PyModuleDef_Slot slot;
  slot.slot = Py_mod_exec;
  slot.exec = [](PyObject* module) { return Fn(reinterpret_cast<Module*>(module)).to_c(); };
  return slot;
}
// `slots` may be null. state_size > 0 asks for md_state (zeroed), with the functions that look after it.
constexpr ModuleDef module_definition(const char* name, const char* doc, PyMethodDef* functions, PyModuleDef_Slot* slots,
                                      isize state_size = 0, traverseproc traverse = nullptr, inquiry clear = nullptr,
                                      freefunc free = nullptr) {
  ModuleDef definition;
  definition.m_name = name;
  definition.m_doc = doc;
  definition.m_size = state_size;
  definition.m_methods = functions;
  definition.m_slots = slots;
  definition.m_traverse = traverse;
  definition.m_clear = clear;
  definition.m_free = free;
  return definition;
}
// A definition with a free text in place of the one with the signature: what `help()` of many built-ins shows.
constexpr PyMethodDef with_text(PyMethodDef definition, const char* text) {
  definition.ml_doc = text;
  return definition;
}

// A field as a member: member("start", T_OBJECT, offsetof(Slice, start), READONLY, "doc").
constexpr PyMemberDef member(const char* name, int type, isize offset, int flags = 0, const char* doc = nullptr) {
  return {name, type, offset, flags, doc};
}
}  // namespace adder
