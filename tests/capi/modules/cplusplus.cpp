// cplusplus: an extension in C++: exceptions, static objects, templates, owners of references, threads with the GIL.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Drop {
  void operator()(PyObject* object) const { Py_DECREF(object); }
};
using Owned = std::unique_ptr<PyObject, Drop>;

struct PythonError {};  // a Python exception is set

Owned check(PyObject* object) {
  if (!object) throw PythonError();
  return Owned(object);
}

template <class Function>
PyObject* guarded(Function&& function) {
  try {
    return function();
  } catch (const PythonError&) {
    return nullptr;
  } catch (const std::out_of_range& error) {
    PyErr_SetString(PyExc_IndexError, error.what());
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

std::vector<std::string> made_at_load = {"static", "constructor"};
int destroyed = 0;

// == A class that holds a vector of references ==

struct Stack {
  PyObject_HEAD std::vector<PyObject*>* items;
};

PyObject* stack_new(PyTypeObject* type, PyObject*, PyObject*) {
  auto* self = reinterpret_cast<Stack*>(type->tp_alloc(type, 0));
  if (self) self->items = new std::vector<PyObject*>();
  return reinterpret_cast<PyObject*>(self);
}
int stack_clear(PyObject* object) {
  auto* self = reinterpret_cast<Stack*>(object);
  if (!self->items) return 0;
  std::vector<PyObject*> items;
  items.swap(*self->items);
  for (PyObject* item : items) Py_DECREF(item);
  return 0;
}
int stack_traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  auto* self = reinterpret_cast<Stack*>(object);
  if (!self->items) return 0;
  for (PyObject* item : *self->items) Py_VISIT(item);
  return 0;
}
void stack_dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  stack_clear(object);
  delete reinterpret_cast<Stack*>(object)->items;
  ++destroyed;
  type->tp_free(object);
  Py_DECREF(type);
}
PyObject* stack_push(PyObject* object, PyObject* item) {
  reinterpret_cast<Stack*>(object)->items->push_back(Py_NewRef(item));
  return Py_NewRef(object);
}
PyObject* stack_pop(PyObject* object, PyObject*) {
  auto& items = *reinterpret_cast<Stack*>(object)->items;
  if (items.empty()) return PyErr_Format(PyExc_IndexError, "pop from an empty %s", "stack");
  PyObject* last = items.back();
  items.pop_back();
  return last;
}
PyObject* stack_at(PyObject* object, PyObject* index) {
  return guarded([&] {
    Py_ssize_t i = PyLong_AsSsize_t(index);
    if (i == -1 && PyErr_Occurred()) throw PythonError();
    return Py_NewRef(reinterpret_cast<Stack*>(object)->items->at(static_cast<size_t>(i)));
  });
}
Py_ssize_t stack_length(PyObject* object) {
  return static_cast<Py_ssize_t>(reinterpret_cast<Stack*>(object)->items->size());
}
PyObject* stack_sort(PyObject* object, PyObject*) {
  return guarded([&]() -> PyObject* {
    auto& items = *reinterpret_cast<Stack*>(object)->items;
    std::stable_sort(items.begin(), items.end(), [](PyObject* a, PyObject* b) {
      int less = PyObject_RichCompareBool(a, b, Py_LT);
      if (less < 0) throw PythonError();
      return less == 1;
    });
    Py_RETURN_NONE;
  });
}
PyMethodDef stack_methods[] = {{"push", stack_push, METH_O, nullptr},
                               {"pop", stack_pop, METH_NOARGS, nullptr},
                               {"at", stack_at, METH_O, nullptr},
                               {"sort", stack_sort, METH_NOARGS, nullptr},
                               {nullptr, nullptr, 0, nullptr}};
PyType_Slot stack_slots[] = {{Py_tp_new, reinterpret_cast<void*>(stack_new)},
                             {Py_tp_dealloc, reinterpret_cast<void*>(stack_dealloc)},
                             {Py_tp_traverse, reinterpret_cast<void*>(stack_traverse)},
                             {Py_tp_clear, reinterpret_cast<void*>(stack_clear)},
                             {Py_tp_methods, stack_methods},
                             {Py_sq_length, reinterpret_cast<void*>(stack_length)},
                             {0, nullptr}};
PyType_Spec stack_spec = {"cplusplus.Stack", sizeof(Stack), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, stack_slots};

// == Functions ==

PyObject* join(PyObject*, PyObject* iterable) {
  return guarded([&] {
    std::string text;
    Owned iterator = check(PyObject_GetIter(iterable));
    while (PyObject* next = PyIter_Next(iterator.get())) {
      Owned item(next);
      Py_ssize_t size;
      const char* utf8 = PyUnicode_AsUTF8AndSize(item.get(), &size);
      if (!utf8) throw PythonError();
      text.append(utf8, static_cast<size_t>(size)).append("/");
    }
    if (PyErr_Occurred()) throw PythonError();
    return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
  });
}
PyObject* raises(PyObject*, PyObject* text) {
  return guarded([&]() -> PyObject* { throw std::runtime_error(PyUnicode_AsUTF8(text)); });
}
// A C++ exception passes through no frame of the machine: the callback's failure comes back as a null.
PyObject* call_through(PyObject*, PyObject* callable) {
  return guarded([&] {
    Owned first = check(PyObject_CallNoArgs(callable));
    Owned second = check(PyObject_CallFunction(callable, nullptr));
    return PyTuple_Pack(2, first.get(), second.get());
  });
}
PyObject* parallel_sum(PyObject*, PyObject* callable) {
  long total = 0;
  Py_BEGIN_ALLOW_THREADS std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&total, callable, n] {
      PyGILState_STATE state = PyGILState_Ensure();
      if (PyObject* result = PyObject_CallFunction(callable, "i", n)) {
        total += PyLong_AsLong(result);
        Py_DECREF(result);
      } else {
        PyErr_Clear();
      }
      PyGILState_Release(state);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Py_END_ALLOW_THREADS return PyLong_FromLong(total);
}
PyObject* facts(PyObject*, PyObject*) {
  return Py_BuildValue("(ssi)", made_at_load[0].c_str(), made_at_load[1].c_str(), destroyed);
}

PyMethodDef methods[] = {{"join", join, METH_O, nullptr},
                         {"raises", raises, METH_O, nullptr},
                         {"call_through", call_through, METH_O, nullptr},
                         {"parallel_sum", parallel_sum, METH_O, nullptr},
                         {"facts", facts, METH_NOARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};
int execute(PyObject* module) {
  PyObject* type = PyType_FromModuleAndSpec(module, &stack_spec, nullptr);
  if (!type) return -1;
  int status = PyModule_AddType(module, reinterpret_cast<PyTypeObject*>(type));
  Py_DECREF(type);
  return status;
}
PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(execute)}, {0, nullptr}};
PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "cplusplus", nullptr, 0, methods, slots, nullptr, nullptr, nullptr};
}  // namespace

PyMODINIT_FUNC PyInit_cplusplus() { return PyModuleDef_Init(&module_def); }
