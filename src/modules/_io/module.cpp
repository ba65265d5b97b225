// module: the module _io.
#include "import/import.h"
#include "modules/_io/io.h"
#include "types/dict.h"
#include "types/exception.h"

namespace adder::io {
namespace {
Result<void> exec(Module* module) {
  TRY(module_add_int(module, "DEFAULT_BUFFER_SIZE", kDefaultBufferSize));
  // class UnsupportedOperation(OSError, ValueError)
  Ref<Str> name = TRY(str_from_latin1("UnsupportedOperation"));
  Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(OSError), static_cast<Object*>(ValueError)));
  Ref<Dict> dict = TRY(dict_new());
  Ref<Str> home = TRY(str_from_latin1("io"));
  TRY(dict_set_item(dict, id::__module__, home));
  Ref<Object> unsupported = TRY(call(static_cast<Object*>(&PyType_Type), static_cast<Object*>(name.get()),
                                     static_cast<Object*>(bases.get()), static_cast<Object*>(dict.get())));
  set_unsupported_operation(unsupported);
  TRY(module_add_object(module, "UnsupportedOperation", unsupported));
  TRY(module_add_object(module, "BlockingIOError", BlockingIOError));
  for (Type* type :
       {&PyIOBase_Type, &PyRawIOBase_Type, &PyBufferedIOBase_Type, &PyTextIOBase_Type, &PyFileIO_Type, &PyBytesIO_Type,
        &PyStringIO_Type, &PyBufferedReader_Type, &PyBufferedWriter_Type, &PyBufferedRWPair_Type,
        &PyBufferedRandom_Type, &PyTextIOWrapper_Type, &PyIncrementalNewlineDecoder_Type}) {
    TRY(module_add_type(module, type));
  }
  // Functions say where users find them.
  for (const char* function : {"open", "open_code", "text_encoding"}) {
    Ref<Object> object = TRY(object_get_attr(module, function));
    TRY(object_set_attr(object, id::__module__, home));
  }
  return type_ready(&_PyBytesIOBuffer_Type);
}
constexpr const char* text =
    "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this "
    "module.\n\nAt the top of the I/O hierarchy is the abstract base class "
    "IOBase. It\ndefines the basic interface to a stream. Note, however, that there is no\nseparation between reading "
    "and writing to streams; implementations are\nallowed to raise an "
    "OSError if they do not support a given operation.";
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_io", text, open_functions, slots);
}  // namespace
}  // namespace adder::io

ADDER_EXPORT PyObject* PyInit__io() { return adder::module_def_init(&adder::io::definition); }
