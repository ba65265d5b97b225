// names: this project's short names for the ABI's structs, and the singletons.
#pragma once
#include "abi/thread_state.h"

ADDER_EXPORT PyObject _Py_NoneStruct, _Py_NotImplementedStruct, _Py_EllipsisObject;
ADDER_EXPORT PyLongObject _Py_TrueStruct, _Py_FalseStruct;

namespace adder {
using Object = PyObject;
using VarObject = PyVarObject;
using Type = PyTypeObject;
using HeapType = PyHeapTypeObject;
using Int = PyLongObject;
using Float = PyFloatObject;
using Complex = PyComplexObject;
using Str = PyUnicodeObject;  // may be shorter than the struct: see types/str.h for access
using Bytes = PyBytesObject;
using ByteArray = PyByteArrayObject;
using MemoryView = PyMemoryViewObject;
using Tuple = PyTupleObject;
using List = PyListObject;
using Dict = PyDictObject;
using DictView = PyDictViewObject;
using Set = PySetObject;
using Slice = PySliceObject;
using Cell = PyCellObject;
using CFunction = PyCFunctionObject;
using Module = PyModuleObject;
using ModuleDef = PyModuleDef;
using Function = PyFunctionObject;
using Method = PyMethodObject;
using Code = PyCodeObject;
using Frame = PyFrameObject;
using Traceback = PyTracebackObject;
using Generator = PyGenObject;
using WeakReference = PyWeakReference;
using BaseException = PyBaseExceptionObject;
using ThreadState = PyThreadState;

inline constexpr Object* None = &_Py_NoneStruct;
inline constexpr Object* NotImplemented = &_Py_NotImplementedStruct;
inline constexpr Object* Ellipsis = &_Py_EllipsisObject;
inline constexpr Object* True = &_Py_TrueStruct;
inline constexpr Object* False = &_Py_FalseStruct;
}  // namespace adder
