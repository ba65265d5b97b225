// traceback_dump: dumps for dying processes.
#include "interpreter/traceback_dump.h"

#include <cstdio>
#include <cstring>
#include <unistd.h>

#include "interpreter/frame.h"
#include "memory/gc.h"
#include "runtime/runtime.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"

namespace adder {
namespace {
constexpr int kMaxDepth = 100, kMaxThreads = 100;
constexpr isize kMaxText = 500;
}  // namespace

void dump_text(int fd, const char* text) {
  isize ignored = ::write(fd, text, std::strlen(text));
  static_cast<void>(ignored);
}

void dump_hexadecimal(int fd, usize value, isize digits) {
  constexpr isize kDigits = 16;
  char text[kDigits + 1];
  isize at = kDigits;
  text[at] = 0;
  if (digits > kDigits) digits = kDigits;
  do {
    text[--at] = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (at && (value || kDigits - at < digits));
  dump_text(fd, "0x");
  dump_text(fd, text + at);
}

void dump_number(int fd, usize value) {
  char text[24];
  usize at = sizeof text - 1;
  text[at] = 0;
  do text[--at] = static_cast<char>('0' + value % 10);
  while (value /= 10);
  dump_text(fd, text + at);
}

void dump_str(int fd, Object* object) {
  if (!object || !is_str(object)) return dump_text(fd, "???");
  Str* s = as<Str>(object);
  isize size = str_length(s);
  bool truncated = size > kMaxText;
  if (truncated) size = kMaxText;
  for (isize i = 0; i < size; ++i) {
    Py_UCS4 c = str_read_char(s, i);
    char text[12];
    if (c >= ' ' && c < 0x7f) text[0] = static_cast<char>(c), text[1] = 0;
    else std::snprintf(text, sizeof text, c <= 0xff ? "\\x%02x" : c <= 0xffff ? "\\u%04x" : "\\U%08x", c);
    dump_text(fd, text);
  }
  if (truncated) dump_text(fd, "...");
}

void dump_traceback(int fd, ThreadState* state, const char* header) {
  dump_text(fd, header);
  InterpreterFrame* frame = state && state->cframe ? state->cframe->current_frame : nullptr;
  if (!frame) return dump_text(fd, "  <no Python frame>\n");
  for (int depth = 0; frame; frame = frame->previous, ++depth) {
    if (depth >= kMaxDepth) return dump_text(fd, "  ...\n");
    if (frame->incomplete || !frame->code) continue;
    dump_text(fd, "  File ");
    bool named = frame->code->co_filename && is_str(frame->code->co_filename);
    if (named) dump_text(fd, "\"");
    dump_str(fd, frame->code->co_filename);
    if (named) dump_text(fd, "\"");
    int line = frame_line(frame);
    dump_text(fd, ", line ");
    if (line >= 0) dump_number(fd, static_cast<usize>(line));
    else dump_text(fd, "???");
    dump_text(fd, " in ");
    dump_str(fd, frame->code->co_name);
    dump_text(fd, "\n");
  }
}

void dump_traceback_of_all_threads(int fd, ThreadState* current) {
  Interpreter* owner = current ? interpreter_of(current) : &main_interpreter;
  int count = 0;
  for (ThreadState* state = owner->threads; state; state = state->next, ++count) {
    if (count) dump_text(fd, "\n");
    if (count >= kMaxThreads) return dump_text(fd, "...\n");
    dump_text(fd, state == current ? "Current thread " : "Thread ");
    dump_hexadecimal(fd, state->thread_id, sizeof(unsigned long) * 2);
    dump_text(fd, " (most recent call first):\n");
    if (state == current && owner->gc->collecting) dump_text(fd, "  Garbage-collecting\n");
    dump_traceback(fd, state, "");
  }
}

void dump_extension_modules(int fd) {
  Dict* modules = main_interpreter.modules;
  if (!modules || !is_dict(modules) || !current_thread_) return;
  Object* known = nullptr;
  // Borrowed from the dict of sys, without hashing: the entries are walked.
  isize position = 0;
  Object *key, *value;
  auto is_named = [](Object* text, const char* name) {
    return is_str(text) && str_equals(as<Str>(text), name);
  };
  if (main_interpreter.sys_dict) {
    while (dict_next(main_interpreter.sys_dict, position, key, value)) {
      if (is_named(key, "stdlib_module_names")) known = value;
    }
  }
  if (known && !is_any_set(known)) known = nullptr;
  int count = 0;
  position = 0;
  while (dict_next(modules, position, key, value)) {
    if (!is_str(key) || !is_module(value)) continue;
    ModuleDef* definition = as<Module>(value)->md_def;
    if (!definition || !(definition->m_methods || definition->m_slots)) continue;
    bool standard = false;
    isize at = 0;
    Object* name;
    Py_hash_t hash;
    while (known && !standard && set_next(as<Set>(known), at, name, hash)) {
      standard = is_str(name) && str_equal(as<Str>(name), as<Str>(key));
    }
    if (standard) continue;
    dump_text(fd, count ? ", " : "\nExtension modules: ");
    dump_str(fd, key);
    ++count;
  }
  if (!count) return;
  dump_text(fd, " (total: ");
  dump_number(fd, static_cast<usize>(count));
  dump_text(fd, ")\n");
}
}  // namespace adder
