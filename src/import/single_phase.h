// single_phase: modules whose init function makes the whole module at once (PEP 3121), and how further imports and
// other interpreters get theirs.
//
// m_size >= 0   the init function is called again.
// m_size == -1  its state is global: a new module gets a copy of the namespace that the first had after its init
// function. When
//               the interpreter of the first ends, what it refers to is no good any more: the next import calls the
//               init function.
#pragma once
#include "object/protocol.h"
#include "runtime/runtime.h"
#include "types/module.h"

namespace adder {
// The current interpreter's module of this definition, borrowed (PyState_FindModule).
Opt<Object*> single_phase_find(PyModuleDef* definition);
// Enters a module there (PyState_AddModule), and takes it out.
Result<void> single_phase_add(Object* module, PyModuleDef* definition);
Result<void> single_phase_remove(PyModuleDef* definition);

// The interpreter ends: namespaces that were copied from its modules go.
void single_phase_forget(Interpreter* owner);

// A module that was loaded before under this name from this file, made again and entered into sys.modules; absent if it
// was not.
Maybe<Object> single_phase_again(Object* name, Object* file_name);
// Calls the init function for the module `name` (its dots tell PyModule_Create the package) and does what start-up of a
// single-phase module needs. Gives the definition if the module is a multi-phase one. For built-in modules the name
// stands for the file.
Result<Object> single_phase_load(PyObject* (*init)(), Object* name, Object* file_name, bool builtin);
}  // namespace adder
