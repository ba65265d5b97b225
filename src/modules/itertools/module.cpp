// module: the module itertools.
#include "import/import.h"
#include "modules/itertools/itertools.h"

namespace adder::itertools {
namespace {
Result<void> exec(Module* module) {
  for (Type* type :
       {&accumulate_type,  &chain_type,        &combinations_type, &replacement_type, &compress_type, &count_type,
        &cycle_type,       &dropwhile_type,    &filterfalse_type,  &groupby_type,     &grouper_type,  &islice_type,
        &pairwise_type,    &permutations_type, &product_type,      &repeat_type,      &starmap_type,  &takewhile_type,
        &zip_longest_type, &tee_type,          &tee_data_type}) {
    TRY(module_add_type(module, type));
  }
  return {};
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition = module_definition(
    "itertools",
    "Functional tools for creating and using iterators.\n\nInfinite iterators:\ncount(start=0, step=1) --> start, "
    "start+step, start+2*step, ...\ncycle(p) --> p0, p1, ... plast, p0, p1, ...\nrepeat(elem [,n]) --> elem, elem, "
    "elem, ... endlessly or up to n times\n\nSee the library reference for the others.",
    tee_functions, slots);
}  // namespace
}  // namespace adder::itertools

ADDER_EXPORT PyObject* PyInit_itertools() { return adder::module_def_init(&adder::itertools::definition); }
