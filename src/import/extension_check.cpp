// extension_check: whether an extension module can work before it is loaded.
//
// Modules are bound at load, and code that calls a function without meaning may go on with what it did not get. So a
// module that needs such a name is refused with an ImportError that names it, and libraries fall back to Python where
// they can.
#include "import/extension_check.h"

#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Bounds of the sections that src/capi/missing.h fills; absent when nothing is missing.
extern "C" {
extern char __start_adder_missing[] __attribute__((weak));
extern char __stop_adder_missing[] __attribute__((weak));
extern char __start_adder_missing_data[] __attribute__((weak));
extern char __stop_adder_missing_data[] __attribute__((weak));
}

namespace adder {
namespace {
thread_local char missing_name[128];

bool lies_in(const void* address, const char* start, const char* stop) {
  const char* byte = static_cast<const char*>(address);
  return start && byte >= start && byte < stop;
}
bool has_no_meaning(const char* name) {
  if (std::strncmp(name, "Py", 2) != 0 && std::strncmp(name, "_Py", 3) != 0) return false;
  const void* address = ::dlsym(RTLD_DEFAULT, name);
  return address && (lies_in(address, __start_adder_missing, __stop_adder_missing) ||
                     lies_in(address, __start_adder_missing_data, __stop_adder_missing_data));
}

// Looks through the dynamic symbols; every offset is checked against the size.
const char* scan(const char* data, usize size) {
  auto at = [&]<class T>(usize offset, T*& out) {
    if (offset > size || sizeof(T) > size - offset) return false;
    out = reinterpret_cast<T*>(data + offset);
    return true;
  };
  const Elf64_Ehdr* head;
  if (!at(0, head) || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64)
    return nullptr;
  for (unsigned i = 0; i < head->e_shnum; ++i) {
    const Elf64_Shdr *section, *strings;
    if (!at(head->e_shoff + i * sizeof(Elf64_Shdr), section)) return nullptr;
    if (section->sh_type != SHT_DYNSYM) continue;
    if (!at(head->e_shoff + section->sh_link * sizeof(Elf64_Shdr), strings)) return nullptr;
    if (strings->sh_offset > size || strings->sh_size > size - strings->sh_offset || strings->sh_size == 0)
      return nullptr;
    const char* names = data + strings->sh_offset;
    for (usize k = 0; k < section->sh_size / sizeof(Elf64_Sym); ++k) {
      const Elf64_Sym* symbol;
      if (!at(section->sh_offset + k * sizeof(Elf64_Sym), symbol)) return nullptr;
      if (symbol->st_shndx != SHN_UNDEF || symbol->st_name >= strings->sh_size) continue;
      const char* name = names + symbol->st_name;
      if (!std::memchr(name, 0, strings->sh_size - symbol->st_name) || !has_no_meaning(name)) continue;
      std::strncpy(missing_name, name, sizeof missing_name - 1);
      return missing_name;
    }
  }
  return nullptr;
}
}  // namespace

const char* extension_missing_name(const char* file_name) {
  int fd = ::open(file_name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  const char* found = nullptr;
  struct stat status;
  if (::fstat(fd, &status) == 0 && status.st_size > 0) {
    usize size = static_cast<usize>(status.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data != MAP_FAILED) {
      found = scan(static_cast<const char*>(data), size);
      ::munmap(data, size);
    }
  }
  ::close(fd);
  return found;
}

const char* extension_file_problem(const char* file_name) {
  int fd = ::open(file_name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  const char* problem = nullptr;
  Elf64_Ehdr head;
  struct stat status;
  if (::fstat(fd, &status) == 0 && ::pread(fd, &head, sizeof head, 0) == static_cast<ssize_t>(sizeof head) &&
      std::memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == ELFCLASS64) {
    usize size = static_cast<usize>(status.st_size);
    for (unsigned i = 0; i < head.e_phnum && !problem; ++i) {
      Elf64_Phdr segment;
      off_t place = static_cast<off_t>(head.e_phoff + i * sizeof segment);
      bool whole = ::pread(fd, &segment, sizeof segment, place) == static_cast<ssize_t>(sizeof segment);
      if (!whole || (segment.p_type == PT_LOAD && segment.p_filesz != 0 &&
                     (segment.p_offset > size || segment.p_filesz > size - segment.p_offset))) {
        problem = "file too short";
      }
    }
  }
  ::close(fd);
  return problem;
}
}  // namespace adder
