// report: exceptions that nobody catches: at the top of the program, and where they cannot be raised.
#include <cstdio>
#include <cstdlib>

#include "interpreter/interpreter.h"
#include "object/object.h"
#include "runtime/lifecycle.h"
#include "runtime/runtime.h"
#include "runtime/traceback_print.h"
#include "types/dict.h"
#include "types/exception.h"
#include "types/function.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace adder {
namespace {
// == At the top ==

Object* standard_error() {
  Object* file = sys_get_object("stderr").get();
  return file;
}

Result<void> call_hook(Object* hook, Object* exception) {
  Object* type = exception->ob_type;
  Object* traceback = exception_get_traceback(exception).value_or(None);
  Ref<Object> held = new_ref(traceback);
  Ref<Object> ignored = TRY(call(hook, type, exception, held.get()));
  return {};
}

void print_exception_object(Object* exception) {
  std::fflush(stdout);  // what C code has written comes first
  Object* type = exception->ob_type;
  Object* traceback = exception_get_traceback(exception).value_or(None);
  if (sys_set_object("last_type", type).failed() || sys_set_object("last_value", exception).failed() ||
      sys_set_object("last_traceback", traceback).failed())
    error_clear();
  Object* hook = sys_get_object("excepthook").get();
  if (!hook) {
    std::fputs("sys.excepthook is missing\n", stderr);
    return error_display(standard_error(), exception);
  }
  Ref<Object> held = new_ref(hook);
  if (audit("sys.excepthook", hook, type, exception, traceback).failed()) {
    if (error_matches(RuntimeError)) return error_clear();
    error_write_unraisable(hook);
  }
  if (!call_hook(held, exception).failed()) return;
  Ref<Object> second = error_take();
  if (type_check(second, SystemExit) && !interpreter()->config->inspect) {
    error_set(std::move(second));
    int status = exit_status_of_system_exit();
    runtime_finalize();
    std::exit(status);
  }
  (void)flush_standard_streams();
  std::fputs("Error in sys.excepthook:\n", stderr);
  error_display(standard_error(), second);
  std::fputs("\nOriginal exception was:\n", stderr);
  error_display(standard_error(), exception);
}
}  // namespace

int exit_status_of_system_exit() {
  Ref<Object> exception = error_take();
  if (!exception_matches(exception, SystemExit)) return 1;  // no memory for the instance
  Object* code = as<PySystemExitObject>(exception.get())->code;
  Ref<Object> value = new_ref(code ? code : None);
  // A subclass may define `code` itself.
  Result<Object> attribute = object_get_attr(exception, id::code);
  if (attribute.failed())
    error_clear();
  else
    value = attribute.take();
  if (value.get() == None) return 0;
  if (is_int(value)) {
    int overflow;
    i64 number = int_as_i64_and_overflow(as<Int>(value.get()), &overflow);
    return overflow ? 255 : static_cast<int>(number & 0xff);
  }
  (void)flush_standard_streams();
  Object* file = standard_error();
  Result<Str> text = object_str(value);
  if (text.failed()) {
    error_clear();
    return 1;
  }
  Ref<Str> message = text.take();
  bool written = false;
  if (file && file != None) {
    Ref<Object> held = new_ref(file);
    Result<Object> result = call_method(held.get(), id::write, message.get());
    written = !result.failed();
    if (written) {
      result.take().reset();
      Result<Str> newline = str_from_string("\n");
      if (!newline.failed()) {
        Ref<Str> end = newline.take();
        Result<Object> second = call_method(held.get(), id::write, end.get());
        if (!second.failed()) second.take().reset();
      }
    }
    error_clear();
  }
  if (!written) {
    if (Utf8 utf8 = str_as_utf8(message)) std::fprintf(stderr, "%s\n", utf8.data);
    error_clear();
  }
  return 1;
}

void error_print() {
  if (error_matches(SystemExit) && !interpreter()->config->inspect) {
    int status = exit_status_of_system_exit();
    runtime_finalize();
    std::exit(status);
  }
  Ref<Object> exception = error_take();
  if (exception) print_exception_object(exception);
}

bool unhandled_interrupt = false;

int report_uncaught() {
  if (!error_occurred()) return 1;
  if (error_matches(SystemExit) && !interpreter()->config->inspect) return exit_status_of_system_exit();
  unhandled_interrupt = error_matches(KeyboardInterrupt);
  error_print();
  return unhandled_interrupt ? 130 : 1;
}

// == Unraisable ==

namespace {
PyStructSequence_Field unraisable_fields[] = {{"exc_type", "Exception type"},
                                              {"exc_value", "Exception value"},
                                              {"exc_traceback", "Exception traceback"},
                                              {"err_msg", "Error message"},
                                              {"object", "Object causing the exception"},
                                              {nullptr, nullptr}};
PyStructSequence_Desc unraisable_description = {"UnraisableHookArgs", "What is passed to sys.unraisablehook.",
                                                unraisable_fields, 5};
constinit PyTypeObject unraisable_type = {};

}  // namespace

Result<void> unraisable_type_init() {
  if (unraisable_type.tp_dict) return {};
  return struct_sequence_init_type(&unraisable_type, &unraisable_description);
}

namespace {
struct Unraisable {
  Object *type, *value, *traceback, *message, *object;
};

Result<void> write(Object* file, const char* utf8) {
  Ref<Str> text = TRY(str_from_utf8(utf8));
  Ref<Object> ignored = TRY(call_method(file, id::write, text.get()));
  return {};
}
Result<void> write(Object* file, Str* text) {
  Ref<Object> ignored = TRY(call_method(file, id::write, text));
  return {};
}
// str() or repr() that must not fail.
Result<Str> text_or(Result<Str> text, const char* otherwise) {
  if (!text.failed()) return text;
  error_clear();
  return str_from_string(otherwise);
}

Result<void> report(Object* file, const Unraisable& u) {
  if (u.object && u.object != None) {
    if (u.message && u.message != None) {
      Ref<Str> message = TRY(object_str(u.message));
      TRY(write(file, message));
      TRY(write(file, ": "));
    } else {
      TRY(write(file, "Exception ignored in: "));
    }
    Ref<Str> text = TRY(text_or(object_repr(u.object), "<object repr() failed>"));
    TRY(write(file, text));
    TRY(write(file, "\n"));
  } else if (u.message && u.message != None) {
    Ref<Str> message = TRY(object_str(u.message));
    TRY(write(file, message));
    TRY(write(file, ":\n"));
  }
  if (u.traceback && is_traceback(u.traceback)) {
    Result<void> printed = traceback_print(u.traceback, file);
    if (printed.failed()) error_clear();
  }
  if (!u.type || u.type == None) return {};
  Ref<Object> module = TRY(object_lookup_attr(u.type, id::__module__));
  if (!module || !is_str(module)) {
    TRY(write(file, "<unknown>"));
  } else if (!str_equals(as<Str>(module.get()), "builtins") && !str_equals(as<Str>(module.get()), "__main__")) {
    TRY(write(file, as<Str>(module.get())));
    TRY(write(file, "."));
  }
  Ref<Object> name = TRY(object_get_attr(u.type, id::__qualname__));
  if (is_str(name)) TRY(write(file, as<Str>(name.get())));
  if (u.value && u.value != None) {
    TRY(write(file, ": "));
    Ref<Str> text = TRY(text_or(object_str(u.value), "<exception str() failed>"));
    TRY(write(file, text));
  }
  TRY(write(file, "\n"));
  Ref<Object> ignored = TRY(call_method(file, id::flush));
  return {};
}

Result<void> report_by_default(const Unraisable& u) {
  Object* file = sys_get_object("stderr").get();
  if (!file) {
    // Before the streams are made.
    std::fputs("Exception ignored", stderr);
    if (u.value && is_exception_instance(u.value)) {
      std::fputs(":\n", stderr);
      error_display(nullptr, u.value);
    }
    return {};
  }
  if (file == None) return {};
  Ref<Object> held = new_ref(file);
  return report(held, u);
}

Result<void> call_unraisable_hook(Object* hook, const Unraisable& u) {
  TRY(unraisable_type_init());
  Ref<Object> args = TRY(struct_sequence_new(&unraisable_type));
  Object* const fields[] = {u.type, u.value, u.traceback, u.message, u.object};
  for (int i = 0; i < 5; ++i) struct_sequence_set(args, i, new_ref(fields[i] ? fields[i] : None));
  gc::track(args);  // a hook that keeps it makes a cycle with the traceback's frames
  Object* none = None;
  TRY(audit("sys.unraisablehook", hook, u.object ? args.get() : none));
  Ref<Object> ignored = TRY(call(hook, args.get()));
  return {};
}
}  // namespace

Result<void> unraisable_default_hook(Object* unraisable) {
  if (unraisable->ob_type != &unraisable_type)
    return raise(TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
  Tuple* t = as<Tuple>(unraisable);
  return report_by_default({t->ob_item[0], t->ob_item[1], t->ob_item[2], t->ob_item[3], t->ob_item[4]});
}

void error_write_unraisable_message(const char* message, Opt<Object*> where) {
  Ref<Object> exception = error_take();
  if (!exception) return;
  Ref<Object> text;
  if (message) {
    Result<Str> formatted = str_from_format("Exception ignored %s", message);
    if (formatted.failed())
      error_clear();
    else
      text = formatted.take();
  }
  if (!exception_get_traceback(exception)) {
    Maybe<Frame> frame = frame_current();
    Ref<Frame> current = frame.failed() ? Ref<Frame>() : frame.take();
    if (current) {
      Result<Object> traceback = traceback_new({}, current, -1, frame_get_lineno(current));
      if (traceback.failed()) {
        error_clear();
      } else {
        Ref<Object> held = traceback.take();
        exception_set_traceback(exception, held.get());
      }
    }
    error_clear();
  }
  Ref<Object> traceback = Ref<Object>::share_or_empty(exception_get_traceback(exception).get());
  Ref<Object> object = Ref<Object>::share_or_empty(where.get());
  Unraisable u{exception->ob_type, exception.get(), traceback.get(), text.get(), object.get()};
  Object* hook = sys_get_object("unraisablehook").get();
  if (hook && hook != None) {
    Ref<Object> held = new_ref(hook);
    if (!call_unraisable_hook(held, u).failed()) return;
    Ref<Object> second = error_take();
    Ref<Object> second_traceback = Ref<Object>::share_or_empty(exception_get_traceback(second).get());
    Result<Str> label = str_from_string("Exception ignored in sys.unraisablehook");
    Ref<Object> second_text;
    if (!label.failed()) second_text = label.take();
    if (report_by_default({second->ob_type, second.get(), second_traceback.get(), second_text.get(), held.get()})
            .failed())
      error_clear();
    return;
  }
  if (report_by_default(u).failed()) error_clear();
}

void error_write_unraisable(Opt<Object*> where) { error_write_unraisable_message(nullptr, where); }
}  // namespace adder
