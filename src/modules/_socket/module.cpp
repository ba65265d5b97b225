// module: the module _socket.
#include "import/import.h"
#include "modules/_socket/socket.h"
#include "types/dict.h"

namespace adder::net {
namespace {
State module_state_ = {nullptr, nullptr, -1};  // one for the process: the error classes are shared, as the type is

// What _ssl asks for (ABI: PySocketModule_APIObject).
struct CApi {
  Type* socket_type;
  Object *error, *timeout_error;
} c_api = {&_PySocket_Type, nullptr, nullptr};

struct Constant {
  const char* name;
  i64 value;
};
constexpr Constant constants[] = {
#define CONSTANT(name, value) {#name, value},
#include "modules/_socket/constants.def"
#undef CONSTANT
};

Result<Object> make_error(const char* name) {
  Ref<Str> text = TRY(str_from_string(name));
  Ref<Tuple> bases = TRY(tuple_pack(static_cast<Object*>(OSError)));
  Ref<Dict> dict = TRY(dict_new());
  Ref<Str> home = TRY(str_from_latin1("socket"));
  TRY(dict_set_item(dict, id::__module__, home));
  return call(static_cast<Object*>(&PyType_Type), static_cast<Object*>(text.get()), static_cast<Object*>(bases.get()),
              static_cast<Object*>(dict.get()));
}
Result<void> exec(Module* module) {
  TRY(module_add_functions(module, object_functions));
  TRY(module_add_object(module, "error", OSError));
  TRY(module_add_object(module, "timeout", TimeoutError));
  if (!module_state_.herror) {
    module_state_.herror = TRY(make_error("herror"))
    .release();
    module_state_.gaierror = TRY(make_error("gaierror"))
    .release();
    TRY(type_ready(&_PySocket_Type));
    // recvmsg and its kin have a file of their own.
    for (PyMethodDef* entry = message_methods; entry->ml_name; ++entry) {
      Ref<Object> descriptor = TRY(descr_new_method(&_PySocket_Type, entry));
      TRY(dict_set_item_string(as<Dict>(_PySocket_Type.tp_dict), entry->ml_name, descriptor));
    }
    type_modified(&_PySocket_Type);
  }
  TRY(module_add_object(module, "herror", module_state_.herror));
  TRY(module_add_object(module, "gaierror", module_state_.gaierror));
  TRY(module_add_object(module, "SocketType", &_PySocket_Type));
  TRY(module_add_object(module, "socket", &_PySocket_Type));
  for (const Constant& constant : constants) TRY(module_add_int(module, constant.name, constant.value));
  TRY(module_add_object(module, "has_ipv6", True));
  TRY(module_add_string(module, "BDADDR_ANY", "00:00:00:00:00:00"));
  TRY(module_add_string(module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF"));
  c_api.error = OSError;
  c_api.timeout_error = TimeoutError;
  return module_add_object(module, "CAPI", TRY(capsule_new(&c_api, "_socket.CAPI", nullptr)).get());
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "_socket", "Implementation module for socket operations.\n\nSee the socket module for documentation.",
    resolver_functions, slots);
}  // namespace

State& state() { return module_state_; }
}  // namespace adder::net

ADDER_EXPORT PyObject* PyInit__socket() { return adder::module_def_init(&adder::net::definition); }
