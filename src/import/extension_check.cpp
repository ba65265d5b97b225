// extension_check: whether an extension module can work before it is loaded, and the libpython that it may ask for.
//
// Modules are bound at load, and code that calls a function without meaning may go on with what it did not get. So a
// module that needs such a name is refused with an ImportError that names it, and libraries fall back to Python where
// they can.
#include "import/extension_check.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/build_config.h"

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

// An ELF file in memory; every offset is checked against its size.
class ElfFile {
 public:
  explicit ElfFile(const char* name) {
    int fd = ::open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status;
    if (::fstat(fd, &status) == 0 && status.st_size > 0) {
      void* data = ::mmap(nullptr, static_cast<usize>(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
      if (data != MAP_FAILED) {
        data_ = static_cast<const char*>(data);
        size_ = static_cast<usize>(status.st_size);
      }
    }
    ::close(fd);
    if (!at(0, head_) || std::memcmp(head_->e_ident, ELFMAG, SELFMAG) != 0 || head_->e_ident[EI_CLASS] != ELFCLASS64)
      head_ = nullptr;
  }
  ~ElfFile() {
    if (data_) ::munmap(const_cast<char*>(data_), size_);
  }
  ElfFile(const ElfFile&) = delete;

  // Calls visit(entry, name) for the entries of all sections of this type, with their names in the linked table of
  // strings (null: none there), until it gives true.
  template <class Entry, class NameOf, class Visit>
  void each(u32 section_type, NameOf name_of, Visit visit) const {
    if (!head_) return;
    for (unsigned i = 0; i < head_->e_shnum; ++i) {
      const Elf64_Shdr *section, *strings;
      if (!at(head_->e_shoff + i * sizeof(Elf64_Shdr), section)) return;
      if (section->sh_type != section_type) continue;
      if (!at(head_->e_shoff + section->sh_link * sizeof(Elf64_Shdr), strings)) return;
      if (strings->sh_offset > size_ || strings->sh_size > size_ - strings->sh_offset) return;
      const char* names = data_ + strings->sh_offset;
      for (usize k = 0; k < section->sh_size / sizeof(Entry); ++k) {
        const Entry* entry;
        if (!at(section->sh_offset + k * sizeof(Entry), entry)) return;
        usize offset = name_of(*entry);
        bool good = offset < strings->sh_size && std::memchr(names + offset, 0, strings->sh_size - offset);
        if (visit(*entry, good ? names + offset : nullptr)) return;
      }
    }
  }

 private:
  template <class T>
  bool at(usize offset, T*& out) const {
    if (offset > size_ || sizeof(T) > size_ - offset) return false;
    out = reinterpret_cast<T*>(data_ + offset);
    return true;
  }
  const char* data_ = nullptr;
  usize size_ = 0;
  const Elf64_Ehdr* head_ = nullptr;
};

constexpr const char* kLibraryName = "libpython3.11.so.1.0";

// Makes the dynamic linker believe that libpython is loaded: the library without symbols that lies beside the
// executable bears its name, and what a module wants of it comes from the executable. In a program that embeds Adder,
// the real one is there.
void provide_library() {
  if (void* there = ::dlopen(kLibraryName, RTLD_LAZY | RTLD_NOLOAD)) {
    ::dlclose(there);
    return;
  }
  char path[4096];
  isize size = ::readlink("/proc/self/exe", path, sizeof path - 64);
  if (size <= 0) return;
  path[size] = 0;
  char* slash = std::strrchr(path, '/');
  if (!slash) return;
  for (const char* place : {"lib/stub", "../lib/adder"}) {
    std::snprintf(slash + 1, sizeof path - static_cast<usize>(slash + 1 - path), "%s/%s", place, kLibraryName);
    if (::dlopen(path, RTLD_LAZY | RTLD_LOCAL)) return;
  }
  std::snprintf(path, sizeof path, "%s/%s", ADDER_STUB, kLibraryName);
  (void)::dlopen(path, RTLD_LAZY | RTLD_LOCAL);
}
}  // namespace

const char* extension_prepare(const char* file_name) {
  ElfFile file(file_name);
  const char* found = nullptr;
  file.each<Elf64_Sym>(
      SHT_DYNSYM, [](const Elf64_Sym& symbol) { return symbol.st_name; },
      [&](const Elf64_Sym& symbol, const char* name) {
        if (symbol.st_shndx != SHN_UNDEF || !name || !has_no_meaning(name)) return false;
        std::strncpy(missing_name, name, sizeof missing_name - 1);
        found = missing_name;
        return true;
      });
  if (found) return found;
  file.each<Elf64_Dyn>(
      SHT_DYNAMIC, [](const Elf64_Dyn& entry) { return entry.d_tag == DT_NEEDED ? entry.d_un.d_val : ~0ul; },
      [](const Elf64_Dyn& entry, const char* name) {
        if (!name || std::strcmp(name, kLibraryName) != 0) return entry.d_tag == DT_NULL;
        provide_library();
        return true;
      });
  return nullptr;
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
