// paths: where the executable, the standard library and our own modules are: sys.prefix, sys.path, sys.executable.
//
// Order      PYTHONPATH; <prefix>/lib/python311.zip; our own lib/ (it replaces opcode.py, dis.py …); the library;
// lib-dynload.
//            The script's folder comes in front when main knows it.
#include "runtime/paths.h"

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/build_config.h"

namespace adder {
void TextList::append(const char* text) {
  items = static_cast<char**>(std::realloc(items, sizeof(char*) * static_cast<usize>(size + 1)));
  items[size++] = ::strdup(text);
}

namespace {
bool exists(const char* path) {
  struct stat status;
  return stat(path, &status) == 0;
}
bool is_executable_file(const char* path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}
const char* format(const char* pattern, const char* a, const char* b = "") {
  char buffer[PATH_MAX];
  std::snprintf(buffer, sizeof(buffer), pattern, a, b);
  return ::strdup(buffer);
}
const char* parent_of(const char* path) {
  char* copy = ::strdup(path);
  char* slash = std::strrchr(copy, '/');
  if (slash && slash != copy)
    *slash = 0;
  else if (slash)
    slash[1] = 0;
  return copy;
}
const char* real_path(const char* path) {
  char buffer[PATH_MAX];
  return realpath(path, buffer) ? ::strdup(buffer) : path;
}

// Without "." and ".." and empty parts, by the letters alone.
const char* normal_path(const char* path) {
  char* out = static_cast<char*>(std::malloc(std::strlen(path) + 2));
  usize size = 0;
  for (const char *part = path, *end; *part; part = end) {
    while (*part == '/') ++part;
    end = part + std::strcspn(part, "/");
    usize length = static_cast<usize>(end - part);
    if (length == 0 || (length == 1 && *part == '.')) continue;
    if (length == 2 && part[0] == '.' && part[1] == '.') {
      while (size && out[--size] != '/') {
      }
      continue;
    }
    out[size++] = '/';
    std::memcpy(out + size, part, length);
    size += length;
  }
  if (!size) out[size++] = '/';
  out[size] = 0;
  return out;
}

// The absolute path of the program: as called if it has a slash, else the first match in PATH; null if it cannot be
// found.
const char* find_program(const char* name) {
  if (!name || !*name) return nullptr;
  if (std::strchr(name, '/')) {
    if (name[0] == '/') return ::strdup(name);
    char folder[PATH_MAX];
    if (!getcwd(folder, sizeof(folder))) return ::strdup(name);
    while (name[0] == '.' && name[1] == '/') name += 2;
    return format("%s/%s", folder, name);
  }
  const char* path = std::getenv("PATH");
  while (path && *path) {
    const char* end = std::strchr(path, ':');
    usize size = end ? static_cast<usize>(end - path) : std::strlen(path);
    char candidate[PATH_MAX];
    int length = std::snprintf(candidate, sizeof(candidate), "%.*s/%s", static_cast<int>(size), path, name);
    bool fits = length > 0 && static_cast<usize>(length) < sizeof(candidate);
    if (size && fits && is_executable_file(candidate))
      return candidate[0] == '/' ? ::strdup(candidate) : find_program(candidate);
    path = end ? end + 1 : nullptr;
  }
  return nullptr;
}

// pyvenv.cfg beside the executable or one folder up (PEP 405), or null.
std::FILE* open_virtual_environment(const char* executable) {
  const char* folder = parent_of(executable);
  std::FILE* file = std::fopen(format("%s/pyvenv.cfg", folder), "re");
  return file ? file : std::fopen(format("%s/pyvenv.cfg", parent_of(folder)), "re");
}
// The value of its line `home = …`: the folder of the program that made the environment; null without such a line.
const char* home_of_environment(std::FILE* file) {
  const char* home = nullptr;
  char* line = nullptr;
  usize capacity = 0;
  while (!home && getline(&line, &capacity, file) >= 0) {
    const char* equals = std::strchr(line, '=');
    usize indent = std::strspn(line, " \t");
    if (!equals || strncasecmp(line + indent, "home", 4)) continue;
    if (line + indent + 4 + std::strspn(line + indent + 4, " \t") != equals) continue;
    const char* start = equals + 1 + std::strspn(equals + 1, " \t");
    usize size = std::strlen(start);
    while (size && std::strchr(" \t\r\n", start[size - 1])) --size;
    if (size) home = ::strndup(start, size);
  }
  std::free(line);
  return home;
}
// The nearest folder at or above `folder` that has a library in lib/python3.11; null if there is none below the root,
// whose /lib may be /usr/lib.
const char* prefix_above(const char* folder) {
  for (; folder[0] == '/' && folder[1]; folder = parent_of(folder))
    if (exists(format("%s/lib/python3.11/os.py", folder))) return folder;
  return nullptr;
}
// "<executable>._pth": the lines are the whole of sys.path, below its folder; the environment does not count, and site
// only with a line "import site".
void read_path_file(Config& config) {
  if (config.module_search_paths_set || !*config.executable) return;
  std::FILE* file = std::fopen(format("%s._pth", config.executable), "re");
  if (!file) return;
  config.isolated = config.safe_path = config.module_search_paths_set = 1;
  config.use_environment = config.site_import = 0;
  config.module_search_paths = {};
  config.home = config.pythonpath_env = nullptr;
  const char* folder = parent_of(config.executable);
  char* line = nullptr;
  usize capacity = 0;
  while (getline(&line, &capacity, file) >= 0) {
    char* start = line + std::strspn(line, " \t\r\n");
    char* end = start + std::strlen(start);
    while (end > start && std::strchr(" \t\r\n", end[-1])) *--end = 0;
    if (!*start || *start == '#') continue;
    if (!std::strncmp(start, "import ", 7)) {
      if (!std::strcmp(start, "import site")) config.site_import = 1;
      continue;
    }
    const char* joined = *start == '/' ? start : format("%s/%s", folder, start);
    config.module_search_paths.append(normal_path(joined));
  }
  std::free(line);
  std::fclose(file);
}
}  // namespace

void compute_paths(Config& config) {
  if (!config.executable) config.executable = find_program(config.program_name);
  if (!config.executable) config.executable = "";
  read_path_file(config);
  const char* real_executable = *config.executable ? real_path(config.executable) : "";
  const char* program_folder = *real_executable ? parent_of(real_executable) : "";
  if (std::FILE* file = *config.executable ? open_virtual_environment(config.executable) : nullptr) {
    const char* environment_home = home_of_environment(file);
    std::fclose(file);
    if (environment_home) program_folder = environment_home;
    if (!config.base_executable) {
      config.base_executable = real_executable;
      // The same file: a copy, whose original is in `home`.
      if (environment_home && !std::strcmp(real_executable, config.executable))
        config.base_executable = format("%s/%s", environment_home, std::strrchr(real_executable, '/') + 1);
    }
  }
  if (!config.base_executable) config.base_executable = config.executable;
  const char* home = config.home;
  const char* exec_home = nullptr;
  if (home) {
    // prefix[:exec_prefix]
    char* copy = ::strdup(home);
    if (char* colon = std::strchr(copy, ':')) {
      *colon = 0;
      exec_home = colon + 1;
    }
    home = copy;
  } else if (!config.stdlib_dir) {
    if (const char* prefix = prefix_above(program_folder)) config.stdlib_dir = format("%s/lib/python3.11", prefix);
  }
  if (!config.stdlib_dir) config.stdlib_dir = home ? format("%s/lib/python3.11", home) : ADDER_STDLIB;
  if (!config.prefix) {
    // <prefix>/lib/python3.11
    config.prefix = home ? home : parent_of(parent_of(config.stdlib_dir));
  }
  if (!config.base_prefix) config.base_prefix = config.prefix;
  if (!config.exec_prefix) config.exec_prefix = exec_home ? exec_home : config.prefix;
  if (!config.base_exec_prefix) config.base_exec_prefix = config.exec_prefix;

  if (!config.module_search_paths_set) {
    config.module_search_paths = {};
    const char* python_path = config.pythonpath_env;
    while (python_path && *python_path) {
      const char* end = std::strchr(python_path, ':');
      usize size = end ? static_cast<usize>(end - python_path) : std::strlen(python_path);
      char* entry = ::strndup(python_path, size);
      config.module_search_paths.append(entry);
      std::free(entry);
      python_path = end ? end + 1 : nullptr;
    }
    config.module_search_paths.append(format("%s/lib/python311.zip", config.prefix));
    if (exists(ADDER_LIB))
      config.module_search_paths.append(ADDER_LIB);
    else if (*real_executable)
      config.module_search_paths.append(format("%s/lib/adder", parent_of(parent_of(real_executable))));
    config.module_search_paths.append(config.stdlib_dir);
    config.module_search_paths.append(exec_home ? format("%s/lib/python3.11/lib-dynload", exec_home)
                                                : format("%s/lib-dynload", config.stdlib_dir));
    config.module_search_paths_set = 1;
  }
}

bool library_found(const Config& config) { return exists(format("%s/os.py", config.stdlib_dir)); }
}  // namespace adder
