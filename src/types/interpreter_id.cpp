// InterpreterID: an int-like object that stands for an interpreter and, where it asks for that, keeps it alive.
#include "bind/bind.h"
#include "object/number.h"
#include "runtime/interpreters.h"
#include "types/int.h"
#include "types/str.h"

extern "C" ADDER_EXPORT PyTypeObject _PyInterpreterID_Type;

namespace adder {
namespace {
struct InterpreterId : PyObject {
  i64 id;
};
InterpreterId* as_id(Object* object) { return static_cast<InterpreterId*>(object); }
bool is_interpreter_id(Object* object) { return type_check(object, &_PyInterpreterID_Type); }

// Of an InterpreterID or of anything with __index__ that is not negative.
Result<i64> convert(Object* object) {
  if (is_interpreter_id(object)) return as_id(object)->id;
  if (!index_check(object)) {
    return raise(TypeError, "interpreter ID must be an int, got %.100s", object->ob_type->tp_name);
  }
  Ref<Object> index = TRY(number_index(object));
  i64 id = TRY(int_as_long(index));
  if (id < 0) return raise(ValueError, "interpreter ID must be a non-negative int, got %R", object);
  return id;
}

Result<Object> make(Type* type, i64 id, bool force) {
  Interpreter* found = interpreter_look_up(id);
  if (!found) {
    if (!force) return Error{};
    error_clear();
  }
  Ref<Object> self = TRY(Result<Object>::from_c(type->tp_alloc(type, 0)));
  as_id(self)->id = id;
  if (found) interpreter_id_incref(found);
  return self;
}

constexpr Doc new_doc = "InterpreterID(id, force=False)\n--\n\n";
Result<Object> id_new(Type* type, Object* id, bool force) { return make(type, TRY(convert(id)), force); }

void id_dealloc(PyObject* object) {
  Interpreter* found = interpreter_find(as_id(object)->id);
  Type* type = object->ob_type;
  if (found) interpreter_id_decref(found);
  type->tp_free(object);
  if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) Ref<Type>::steal(type).reset();
}

Result<Str> id_repr(Object* self) {
  return str_from_format("%s(%lld)", self->ob_type->tp_name, static_cast<long long>(as_id(self)->id));
}
Result<Str> id_str(Object* self) { return str_from_format("%lld", static_cast<long long>(as_id(self)->id)); }
Result<Int> id_int(Object* self) { return int_from_i64(as_id(self)->id); }
Py_hash_t id_hash(PyObject* self) {
  i64 id = as_id(self)->id;
  return id == -1 ? -2 : static_cast<Py_hash_t>(id);
}
Result<Object> id_compare(Object* self, Object* other, int op) {
  if (op != Py_EQ && op != Py_NE) return not_implemented();
  if (!is_interpreter_id(self)) return not_implemented();
  bool equal;
  if (is_interpreter_id(other)) {
    equal = as_id(self)->id == as_id(other)->id;
  } else if (is_int(other)) {
    int overflow = 0;
    i64 number = int_as_i64_and_overflow(as<Int>(other), &overflow);
    equal = !overflow && number == as_id(self)->id;
  } else if (number_check(other)) {
    Ref<Int> number = TRY(id_int(self));
    return object_rich_compare(number, other, op);
  } else {
    return not_implemented();
  }
  return bool_result(equal == (op == Py_EQ));
}

constinit PyNumberMethods id_number = {.nb_int = slot<id_int>, .nb_index = slot<id_int>};
}  // namespace

Result<Object> interpreter_id_new(i64 id) {
  return make(&_PyInterpreterID_Type, id, false);
}
Interpreter* interpreter_id_look_up(Object* object) {
  Result<i64> id = convert(object);
  return id.failed() ? nullptr : interpreter_look_up(id.take());
}
}  // namespace adder

using namespace adder;
constinit PyTypeObject _PyInterpreterID_Type = {
    .tp_name = "InterpreterID",
    .tp_basicsize = sizeof(InterpreterId),
    .tp_dealloc = id_dealloc,
    .tp_repr = slot<id_repr>,
    .tp_as_number = &id_number,
    .tp_hash = id_hash,
    .tp_str = slot<id_str>,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "A interpreter ID identifies a interpreter and may be used as an int.",
    .tp_richcompare = slot<id_compare>,
    .tp_new = constructor<id_new, new_doc>,
};
