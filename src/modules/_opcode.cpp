// _opcode: the instruction set as seen from Python: what opcode.py and dis.py stand on.
#include "bind/bind.h"
#include "import/import.h"
#include "interpreter/opcodes.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
constexpr Doc stack_effect_doc =
    "stack_effect($module, opcode, oparg=None, /, *, jump=None)\n--\n\nCompute the stack effect of the opcode.";
Result<int> stack_effect(Module*, int opcode, Object* argument, Object* jump) {
  int arg = 0;
  if (opcode >= kHaveArgument) {
    if (argument == None) return raise(ValueError, "stack_effect: opcode requires oparg but oparg was not specified");
    arg = TRY(int_as_int(argument));
  } else if (argument != None) {
    return raise(ValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
  }
  if (jump != None && jump != True && jump != False) {
    return raise(ValueError, "stack_effect: jump must be False, True or None");
  }
  int effect = opcode < 0 || opcode > 255 ? kInvalidStackEffect
               : jump == None             ? opcode_max_stack_effect(static_cast<Op>(opcode), arg)
                                          : opcode_stack_effect(static_cast<Op>(opcode), arg, jump == True);
  if (effect == kInvalidStackEffect) return raise(ValueError, "invalid opcode or oparg");
  return effect;
}

constexpr Doc specialization_stats_doc = "get_specialization_stats($module, /)\n--\n\nReturn the specialization stats";
Result<Object> get_specialization_stats(Module*) { return none_result(); }

constinit PyMethodDef functions[] = {
    method<stack_effect, stack_effect_doc>(),
    method<get_specialization_stats, specialization_stats_doc>(),
    {},
};

// `_table`: for each opcode its name, number and properties, from interpreter/opcodes.def.
Result<void> exec(Module* module) {
  int count = 0;
  for (int i = 0; i < 256; ++i) count += opcode_name(i) != nullptr;
  Ref<Tuple> table = TRY(tuple_new(count));
  for (int i = 0; i < count; ++i) tuple_init_item(table, i, new_ref(None));
  count = 0;
  for (int i = 0; i < 256; ++i) {
    if (!opcode_name(i)) continue;
    Ref<Str> name = TRY(str_intern_from_string(opcode_name(i)));
    Ref<Int> number = TRY(int_from_i64(i))
    , properties = TRY(int_from_i64(opcode_properties(static_cast<Op>(i))));
    tuple_init_item(table, count++, TRY((tuple_pack<Object, Object, Object>(name, number, properties))));
  }
  return module_add_object(module, "_table", table);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition("_opcode", "Opcode support module.", functions, slots);
}  // namespace
}  // namespace adder

ADDER_EXPORT PyObject* PyInit__opcode() { return adder::module_def_init(&adder::definition); }
