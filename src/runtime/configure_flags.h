// configure_flags: the Py_*Flag variables by which C programs configure Py_Initialize() (deprecated by PEP 587, in use
// for ever).
#pragma once

extern "C" {
#define ADDER_FLAG(name) extern __attribute__((visibility("default"))) int name;
ADDER_FLAG(Py_UTF8Mode)
ADDER_FLAG(Py_DebugFlag)
ADDER_FLAG(Py_VerboseFlag)
ADDER_FLAG(Py_QuietFlag)
ADDER_FLAG(Py_InteractiveFlag)
ADDER_FLAG(Py_InspectFlag)
ADDER_FLAG(Py_OptimizeFlag)
ADDER_FLAG(Py_NoSiteFlag)
ADDER_FLAG(Py_BytesWarningFlag)
ADDER_FLAG(Py_FrozenFlag)
ADDER_FLAG(Py_IgnoreEnvironmentFlag)
ADDER_FLAG(Py_DontWriteBytecodeFlag)
ADDER_FLAG(Py_NoUserSiteDirectory)
ADDER_FLAG(Py_UnbufferedStdioFlag)
ADDER_FLAG(Py_HashRandomizationFlag)
ADDER_FLAG(Py_IsolatedFlag)
#undef ADDER_FLAG
extern __attribute__((visibility("default"))) const char* Py_FileSystemDefaultEncoding;
}
