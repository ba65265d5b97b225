// _pickle: the machine room of the module pickle.
//
// See        library reference "pickle"; PEP 307, PEP 3154, PEP 574; tests/python/test_pickle_.py
#include "bind/bind.h"
#include "import/import.h"
#include "modules/_pickle/pickler.h"
#include "modules/_pickle/unpickler.h"
#include "types/pickle_buffer.h"

namespace adder::pickle {
namespace {
constexpr Doc dump_doc =
    "dump($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)\n--\n\nWrites an "
    "object to a binary "
    "file: Pickler(file, protocol).dump(obj).";
Result<void> dump(Module* module, Object* object, Object* file, Object* protocol, bool fix_imports,
                  Object* buffer_callback) {
  Ref<Pickler> p = TRY(pickler_new(&pickler_type, module));
  TRY(pickler_set_options(p, protocol, fix_imports, buffer_callback));
  TRY(pickler_set_file(p, file));
  TRY(dump_object(p, object));
  return output_flush(p);
}
constexpr Doc dumps_doc =
    "dumps($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)\n--\n\nThe object as "
    "bytes, from which "
    "loads() makes it again. See Pickler for the arguments.";
Result<Bytes> dumps(Module* module, Object* object, Object* protocol, bool fix_imports, Object* buffer_callback) {
  Ref<Pickler> p = TRY(pickler_new(&pickler_type, module));
  TRY(pickler_set_options(p, protocol, fix_imports, buffer_callback));
  TRY(dump_object(p, object));
  return output_take(p);
}
// The options with their defaults; `run` gives the unpickler its input.
template <class SetInput>
Result<Object> load_with(Module* module, bool fix_imports, Opt<Str*> encoding, Opt<Str*> errors, Opt<Object*> buffers,
                         SetInput&& set_input) {
  Ref<Unpickler> u = TRY(unpickler_new(&unpickler_type, module));
  TRY(set_input(u.get()));
  TRY(unpickler_set_options(u, fix_imports, encoding, errors, buffers));
  return load_object(u);
}
constexpr Doc load_doc =
    "load($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())\n--\n\nReads one "
    "pickle "
    "from a binary file and gives the object: Unpickler(file).load().";
Result<Object> load(Module* module, Object* file, bool fix_imports, Opt<Str*> encoding, Opt<Str*> errors,
                    Opt<Object*> buffers) {
  return load_with(module, fix_imports, encoding, errors, buffers,
                   [&](Unpickler* u) { return unpickler_set_file(u, file); });
}
constexpr Doc loads_doc =
    "loads($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())\n--\n\nThe "
    "object that "
    "the bytes of a pickle describe; what follows the pickle is ignored. See\nUnpickler for the arguments.";
Result<Object> loads(Module* module, Object* data, bool fix_imports, Opt<Str*> encoding, Opt<Str*> errors,
                     Opt<Object*> buffers) {
  return load_with(module, fix_imports, encoding, errors, buffers,
                   [&](Unpickler* u) { return input_set_buffer(u, data); });
}
constinit PyMethodDef functions[] = {
    method<dump, dump_doc>(), method<dumps, dumps_doc>(), method<load, load_doc>(), method<loads, loads_doc>(), {}};

Result<void> exec(Module* module) {
  TRY(type_ready(&pickler_memo_proxy_type));
  TRY(type_ready(&unpickler_memo_proxy_type));
  TRY(module_add_type(module, &PyPickleBuffer_Type));
  TRY(module_add_type(module, &pickler_type));
  TRY(module_add_type(module, &unpickler_type));
  return state_init(module);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
void free_state(void* module) { state_clear(static_cast<PyObject*>(module)); }
constinit ModuleDef definition = module_definition("_pickle", "The machine room of the module pickle.", functions,
                                                   slots, sizeof(State), state_traverse, state_clear, free_state);
}  // namespace
}  // namespace adder::pickle

ADDER_EXPORT PyObject* PyInit__pickle() { return adder::module_def_init(&adder::pickle::definition); }
