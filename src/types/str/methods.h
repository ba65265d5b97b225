// str/methods: the methods of str, for the table in type.cpp.
#pragma once
#include "bind/bind.h"
#include "types/str.h"

namespace adder::str_methods {
// find.cpp
Result<isize> find(Str* self, Object* const* args, isize nargs);
Result<isize> rfind(Str* self, Object* const* args, isize nargs);
Result<isize> index(Str* self, Object* const* args, isize nargs);
Result<isize> rindex(Str* self, Object* const* args, isize nargs);
Result<isize> count(Str* self, Object* const* args, isize nargs);
Result<bool> startswith(Str* self, Object* const* args, isize nargs);
Result<bool> endswith(Str* self, Object* const* args, isize nargs);
Result<Str> replace(Str* self, Str* old_text, Str* new_text, isize max_count);
Result<Str> removeprefix(Str* self, Str* prefix);
Result<Str> removesuffix(Str* self, Str* suffix);
// split.cpp
Result<List> split(Str* self, Object* separator, isize max_count);
Result<List> rsplit(Str* self, Object* separator, isize max_count);
Result<List> splitlines(Str* self, int keep_ends);
Result<Tuple> partition(Str* self, Object* separator);
Result<Tuple> rpartition(Str* self, Object* separator);
Result<Str> join(Str* self, Object* iterable);
Result<Str> strip(Str* self, Object* characters);
Result<Str> lstrip(Str* self, Object* characters);
Result<Str> rstrip(Str* self, Object* characters);
// case.cpp
Result<Str> capitalize(Str* self);
Result<Str> casefold(Str* self);
Result<Str> lower(Str* self);
Result<Str> upper(Str* self);
Result<Str> title(Str* self);
Result<Str> swapcase(Str* self);
Result<bool> isalnum(Str* self);
Result<bool> isalpha(Str* self);
Result<bool> isascii(Str* self);
Result<bool> isdecimal(Str* self);
Result<bool> isdigit(Str* self);
Result<bool> isidentifier(Str* self);
Result<bool> islower(Str* self);
Result<bool> isnumeric(Str* self);
Result<bool> isprintable(Str* self);
Result<bool> isspace(Str* self);
Result<bool> istitle(Str* self);
Result<bool> isupper(Str* self);
// layout.cpp
Result<Str> center(Str* self, isize width, Opt<Object*> fill);
Result<Str> ljust(Str* self, isize width, Opt<Object*> fill);
Result<Str> rjust(Str* self, isize width, Opt<Object*> fill);
Result<Str> zfill(Str* self, isize width);
Result<Str> expandtabs(Str* self, int tab_size);
Result<Str> repeat(Str* self, isize count);
// translate.cpp
Result<Str> translate(Str* self, Object* table);
Result<Object> maketrans(Object* x, Opt<Str*> y, Opt<Str*> z);
}  // namespace adder::str_methods
