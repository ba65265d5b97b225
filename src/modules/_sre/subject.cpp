// subject: the text that is matched.
#include "memory/allocator.h"
#include "modules/_sre/sre.h"

namespace adder::sre {
Subject::~Subject() { memory::release(matcher.mark); }

Result<void> Subject::acquire(Pattern* pattern, Object* string, isize start, isize end) {
  matcher.mark = nullptr;
  pattern_ = pattern;
  string_ = new_ref(string);
  isize length;
  if (is_str(string)) {
    matcher.text = str_data(as<Str>(string));
    matcher.width = str_kind(as<Str>(string));
    length = str_length(as<Str>(string));
  } else {
    if (view_.acquire(string).failed()) {
      error_clear();
      return raise(TypeError, "expected string or bytes-like object, got '%.200s'", type_of(string)->tp_name);
    }
    if (view_.size() && !view_.data()) return raise(ValueError, "Buffer is NULL");
    is_bytes_ = true;
    matcher.text = view_.data();
    matcher.width = 1;
    length = view_.size();
  }
  if (is_bytes_ && pattern->is_bytes == 0)
    return raise(TypeError, "cannot use a string pattern on a bytes-like object");
  if (!is_bytes_ && pattern->is_bytes > 0)
    return raise(TypeError, "cannot use a bytes pattern on a string-like object");
  start = start < 0 ? 0 : start > length ? length : start;
  end = end < 0 ? 0 : end > length ? length : end;
  matcher.code = pattern->code;
  matcher.begin = 0;
  matcher.end = end;
  matcher.start = start;
  matcher.position = pos_ = start;
  matcher.whole = false;
  matcher.must_advance = -1;
  matcher.last_index = -1;
  matcher.marks = 2 * pattern->groups;
  matcher.mark = static_cast<isize*>(memory::allocate(static_cast<usize>(matcher.marks + 1) * sizeof(isize)));
  if (!matcher.mark) return raise_no_memory();
  return {};
}

Result<bool> Subject::search() { return sre::search(matcher); }
Result<bool> Subject::match(bool whole) {
  if (matcher.start > matcher.end) return false;
  matcher.whole = whole;
  return match_here(matcher);
}
void Subject::advance() {
  matcher.must_advance = matcher.position == matcher.start ? matcher.position : -1;
  matcher.start = matcher.position;
}

Result<Object> slice_of(Object* string, isize from, isize to) {
  if (is_str_exact(string) || is_str(string)) return str_substring(as<Str>(string), from, to);
  if (is_bytes_exact(string) && from == 0 && to == bytes_size(as<Bytes>(string))) return new_ref(string);
  BufferView view;
  TRY(view.acquire(string));
  if (to > view.size()) to = view.size();
  if (from > to) from = to;
  return bytes_from_view({view.data() + from, static_cast<usize>(to - from)});
}
Result<Object> Subject::slice(isize from, isize to) const {
  if (!is_bytes_) return str_substring(as<Str>(string_.get()), from, to);
  if (is_bytes_exact(string_) && from == 0 && to == view_.size()) return new_ref(string_.get());
  return bytes_from_view({view_.data() + from, static_cast<usize>(to - from)});
}
Result<Object> Subject::group(isize i, bool empty) const {
  isize from = i ? matcher.mark[2 * i - 2] : matcher.start, to = i ? matcher.mark[2 * i - 1] : matcher.position;
  if (from < 0 || to < from) return empty ? slice(0, 0) : none_result();
  return slice(from, to);
}
Result<Object> Subject::make_match() const {
  Ref<Match> match = TRY(object_new<Match>(&SRE_Match_Type, 2 * (pattern_->groups + 1)));
  match->string = new_ref(string_.get()).release();
  match->regs = nullptr;
  match->pattern = new_ref(pattern_).release();
  match->position = pos_;
  match->end_position = matcher.end;
  match->last_index = matcher.last_index;
  match->groups = pattern_->groups + 1;
  match->mark[0] = matcher.start;
  match->mark[1] = matcher.position;
  for (isize i = 2; i < match->groups * 2; i += 2) {
    isize from = matcher.mark[i - 2], to = matcher.mark[i - 1];
    bool set = from >= 0 && to >= from;
    match->mark[i] = set ? from : -1;
    match->mark[i + 1] = set ? to : -1;
  }
  gc::track(match);
  return match;
}
}  // namespace adder::sre
