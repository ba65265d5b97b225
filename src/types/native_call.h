// native_call: calls of functions written in C by their METH flags. Shared by built-in functions and method
// descriptors.
#pragma once
#include "object/object.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
inline constexpr int kCallFlags = METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;

// TypeError "f() takes no keyword arguments" and its relatives.
PyObject* native_call_fail(Object* callable, const char* what, isize given = -1);

// `callable` serves the error texts. `cls` is the defining class, for METH_METHOD only.
template <int kFlags>
inline PyObject* native_call(Object* callable, PyMethodDef* definition, Object* self, Type* cls, PyObject* const* args,
                             isize nargs, PyObject* names) {
  if constexpr (!(kFlags & METH_KEYWORDS)) {
    if (ADDER_UNLIKELY(names && static_cast<VarObject*>(names)->ob_size)) {
      return native_call_fail(callable, "%U takes no keyword arguments");
    }
  }
  if constexpr (kFlags == (METH_METHOD | METH_FASTCALL | METH_KEYWORDS)) {
    return definition->ml_method(self, cls, args, static_cast<std::size_t>(nargs), names);
  } else if constexpr (kFlags == (METH_FASTCALL | METH_KEYWORDS)) {
    return definition->ml_fast_keywords(self, args, nargs, names);
  } else if constexpr (kFlags == METH_FASTCALL) {
    return definition->ml_fast(self, args, nargs);
  } else if constexpr (kFlags == METH_NOARGS) {
    if (ADDER_UNLIKELY(nargs != 0)) return native_call_fail(callable, "%U takes no arguments (%zd given)", nargs);
    RecursionGuard guard(" while calling a Python object");
    return guard.failed() ? nullptr : definition->ml_meth(self, nullptr);
  } else if constexpr (kFlags == METH_O) {
    if (ADDER_UNLIKELY(nargs != 1))
      return native_call_fail(callable, "%U takes exactly one argument (%zd given)", nargs);
    RecursionGuard guard(" while calling a Python object");
    return guard.failed() ? nullptr : definition->ml_meth(self, args[0]);
  } else {
    RecursionGuard guard(" while calling a Python object");
    if (guard.failed()) return nullptr;
    Ref<Tuple> tuple = TRY_C(nullptr, tuple_from_array(args, nargs));
    if constexpr (kFlags & METH_KEYWORDS) {
      Ref<Dict> kwargs;
      if (names && static_cast<VarObject*>(names)->ob_size) {
        kwargs = TRY_C(nullptr, keywords_as_dict(args + nargs, as<Tuple>(names)));
      }
      return definition->ml_keywords(self, tuple, kwargs.get());
    } else {
      return definition->ml_meth(self, tuple);
    }
  }
}

// Picks Entry<flags>::call for the definition's flags; null for flags that do not go together. Each caller's Entry
// needs a name of its own: g++ gives the instances for templates of unnamed namespaces external linkage, and equal
// names would become one function.
template <template <int> class Entry>
inline vectorcallfunc native_entry(const PyMethodDef* definition) {
  switch (definition->ml_flags & kCallFlags) {
    case METH_VARARGS:
      return &Entry<METH_VARARGS>::call;
    case METH_VARARGS | METH_KEYWORDS:
      return &Entry<METH_VARARGS | METH_KEYWORDS>::call;
    case METH_FASTCALL:
      return &Entry<METH_FASTCALL>::call;
    case METH_FASTCALL | METH_KEYWORDS:
      return &Entry<METH_FASTCALL | METH_KEYWORDS>::call;
    case METH_NOARGS:
      return &Entry<METH_NOARGS>::call;
    case METH_O:
      return &Entry<METH_O>::call;
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS:
      return &Entry<METH_METHOD | METH_FASTCALL | METH_KEYWORDS>::call;
    default:
      return nullptr;
  }
}
}  // namespace adder
