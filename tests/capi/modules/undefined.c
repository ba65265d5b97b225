// undefined: calls a function that nobody has.
#include <Python.h>
extern int PyAdder_no_such_function(void);
static struct PyModuleDef module_def = {PyModuleDef_HEAD_INIT, "undefined", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_undefined(void) {
  PyAdder_no_such_function();
  return PyModule_Create(&module_def);
}
