// command_line_help: the texts of --help and its relatives.
#include <cstdio>

#include "runtime/command_line.h"

namespace adder {
void print_usage(const char* program, bool to_stderr) {
  std::FILE* file = to_stderr ? stderr : stdout;
  std::fprintf(file, "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n", program);
  if (to_stderr) std::fputs("Try `python -h' for more information.\n", file);
}

void print_help(const char* program) {
  print_usage(program, false);
  std::fputs(
      "Options (and corresponding environment variables):\n"
      "-b     : warn when str and bytes are mixed in comparison or str(); -bb: error\n"
      "-B     : write no .pyc files; also PYTHONDONTWRITEBYTECODE=x\n"
      "-c cmd : run the program in cmd; ends the options\n"
      "-d     : parser debugging (no effect here); also PYTHONDEBUG=x\n"
      "-E     : ignore the PYTHON* environment variables\n"
      "-h     : print this text and exit (also -? or --help)\n"
      "-i     : go on interactively after the program; also PYTHONINSPECT=x\n"
      "-I     : isolate from the user's environment (implies -E, -P and -s)\n"
      "-m mod : run a library module as the program; ends the options\n"
      "-O     : leave out assert and __debug__ code; also PYTHONOPTIMIZE=x\n"
      "-OO    : leave out docstrings as well\n"
      "-P     : put no potentially unsafe path in front of sys.path\n"
      "-q     : no banner in interactive use\n"
      "-s     : no user site directory in sys.path; also PYTHONNOUSERSITE\n"
      "-S     : do not import site at start-up\n"
      "-u     : stdout and stderr unbuffered; also PYTHONUNBUFFERED=x\n"
      "-v     : trace imports; also PYTHONVERBOSE=x; repeat for more\n"
      "-V     : print the version and exit (also --version); twice: more of it\n"
      "-W arg : warning filter action:message:category:module:lineno; also PYTHONWARNINGS=arg\n"
      "-x     : skip the first line of the program\n"
      "-X opt : set an implementation-specific option\n"
      "--check-hash-based-pycs always|default|never:\n"
      "         when to compare hash-based .pyc files with their source\n"
      "--help-env      : print help about the environment variables and exit\n"
      "--help-xoptions : print help about the -X options and exit\n"
      "--help-all      : print all help and exit\n"
      "Arguments:\n"
      "file   : run the program in a file, or in a folder or zip file with __main__\n"
      "-      : run the program on standard input (default; interactive on a terminal)\n"
      "arg ...: arguments for the program, in sys.argv[1:]\n",
      stdout);
}

void print_help_environment() {
  std::fputs(
      "Environment variables that change behavior:\n"
      "PYTHONSTARTUP   : file to run before the first prompt\n"
      "PYTHONPATH      : folders to put in front of sys.path, separated by ':'\n"
      "PYTHONSAFEPATH  : put no potentially unsafe path in front of sys.path\n"
      "PYTHONHOME      : the library's <prefix>[:<exec_prefix>]; it is in <prefix>/lib/python3.11\n"
      "PYTHONPLATLIBDIR: sys.platlibdir\n"
      "PYTHONUTF8      : 1 enables UTF-8 mode\n"
      "PYTHONIOENCODING: encoding[:errors] of stdin, stdout and stderr\n"
      "PYTHONFAULTHANDLER : dump the traceback on fatal errors\n"
      "PYTHONHASHSEED  : 'random' or an integer in [0, 4294967295]: seed of the hashes of str and bytes\n"
      "PYTHONINTMAXSTRDIGITS : limit of digits in conversions between int and str; 0: none\n"
      "PYTHONCOERCECLOCALE : 0 switches the coercion of the C locale off\n"
      "PYTHONBREAKPOINT: the function that breakpoint() calls; 0: none\n"
      "PYTHONDEVMODE   : enable development mode\n"
      "PYTHONPYCACHEPREFIX : root folder of .pyc files\n"
      "PYTHONWARNDEFAULTENCODING : warn about encoding=None\n"
      "PYTHONNODEBUGRANGES : no column positions in code objects\n"
      "PYTHONDEBUG (-d), PYTHONDONTWRITEBYTECODE (-B), PYTHONINSPECT (-i), PYTHONNOUSERSITE (-s),\n"
      "PYTHONOPTIMIZE (-O), PYTHONUNBUFFERED (-u), PYTHONVERBOSE (-v), PYTHONWARNINGS=arg (-W arg)\n",
      stdout);
}

void print_help_xoptions() {
  std::fputs(
      "Implementation-specific options:\n"
      "-X faulthandler : dump the traceback on fatal errors\n"
      "-X tracemalloc[=NFRAME] : trace allocations\n"
      "-X importtime : show how long each import takes\n"
      "-X dev : development mode: more checks, default warning filter\n"
      "-X utf8[=0|1] : UTF-8 mode\n"
      "-X pycache_prefix=PATH : root folder of .pyc files\n"
      "-X warn_default_encoding : warn about encoding=None\n"
      "-X no_debug_ranges : no column positions in code objects\n"
      "-X frozen_modules=[on|off] : whether to use frozen modules\n"
      "-X int_max_str_digits=number : limit of digits in conversions between int and str\n",
      stdout);
}
}  // namespace adder
