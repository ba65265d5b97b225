// marshal: the module.
//
// See        library reference "marshal"; src/import/marshal.h
#include "import/marshal.h"

#include "bind/bind.h"
#include "import/import.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"

namespace adder {
namespace {
constexpr Doc dump_doc =
    "dump($module, value, file, version=4, /)\n--\n\nWrite the value on the open file.\n\n  value\n    Must be a "
    "supported type.\n  file\n    Must be a "
    "writeable binary file.\n  version\n    Indicates the data format that dump should use.\n\nIf the value has (or "
    "contains an object that has) an "
    "unsupported type, a\nValueError exception is raised - but garbage data will also be written\nto the file. The "
    "object will not be properly read "
    "back by load().";
Result<Object> dump(Module*, Object* value, Object* file, int version) {
  Ref<Bytes> data = TRY(marshal_dumps(value, version));
  return call_method(file, id::write, static_cast<Object*>(data.get()));
}

constexpr Doc load_doc =
    "load($module, file, /)\n--\n\nRead one value from the open file and return it.\n\n  file\n    Must be readable "
    "binary file.\n\nIf no valid value "
    "is read (e.g. because the data has a different Python\nversion's incompatible marshal format), raise EOFError, "
    "ValueError or\nTypeError.\n\nNote: If "
    "an object containing an unsupported type was marshalled with\ndump(), load() will substitute None for the "
    "unmarshallable type.";
Result<Object> load(Module*, Object* file) {
  Ref<Object> nothing = TRY(call_method(file, id::read, static_cast<Object*>(small_int(0))));
  if (!is_bytes(nothing))
    return raise(TypeError, "file.read() returned not bytes but %.100s", type_of(nothing)->tp_name);
  return marshal_load_from_file(file);
}

constexpr Doc dumps_doc =
    "dumps($module, value, version=4, /)\n--\n\nReturn the bytes object that would be written to a file by dump(value, "
    "file).\n\n  value\n    Must be a "
    "supported type.\n  version\n    Indicates the data format that dumps should use.\n\nRaise a ValueError exception "
    "if value has (or contains an object that "
    "has) an\nunsupported type.";
Result<Object> dumps(Module*, Object* value, int version) { return marshal_dumps(value, version); }

constexpr Doc loads_doc =
    "loads($module, bytes, /)\n--\n\nConvert the bytes-like object to a value.\n\nIf no valid value is found, raise "
    "EOFError, ValueError or TypeError.  "
    "Extra\nbytes in the input are ignored.";
Result<Object> loads(Module*, Object* bytes) {
  BufferView view;
  TRY(view.acquire(bytes));
  return marshal_loads({view.data(), static_cast<usize>(view.size())});
}

constinit PyMethodDef functions[] = {
    method<dump, dump_doc>(), method<load, load_doc>(), method<dumps, dumps_doc>(), method<loads, loads_doc>(), {},
};

Result<void> exec(Module* module) { return module_add_int(module, "version", kMarshalVersion); }
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("marshal",
                                                   "This module contains functions that can read and write Python "
                                                   "values in\na binary format. The format is specific to Python, but "
                                                   "independent of\nmachine architecture issues.",
                                                   functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit_marshal() { return adder::module_def_init(&adder::definition); }
// The same under CPython's name for its table of modules.
ADDER_EXPORT PyObject* PyMarshal_Init() { return PyInit_marshal(); }
