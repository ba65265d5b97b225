// _datetime/zoned: what time and datetime have in common: a clock, a zone that may be there, a fold.
#pragma once
#include <cstdio>
#include <cstring>

#include "bind/bind.h"
#include "memory/allocator.h"
#include "modules/_datetime/operations.h"
#include "types/tuple.h"

namespace adder::datetimes {
template <class T>
struct Zoned;
template <>
struct Zoned<Time> {
  static constexpr usize kShort = kShortTime;
  static constexpr int kFoldByte = 0;  // of a pickled state: its highest bit is the fold
  static Object* argument(Time*) { return None; }
};
template <>
struct Zoned<DateTime> {
  static constexpr usize kShort = kShortDateTime;
  static constexpr int kFoldByte = 2;
  static Object* argument(DateTime* self) { return self; }
};

// == Objects ==

// An instance with its zone; the other fields are not set yet.
template <class T>
Result<T> zoned_allocate(Type* type, Object* zone) {
  bool aware = zone != None;
  Ref<T> made = TRY(Result<T>::from_c(static_cast<T*>(type->tp_alloc(type, aware))));
  made->hashcode = -1;
  made->hastzinfo = aware;
  if (aware) made->tzinfo = new_ref(zone).release();
  return made;
}
// tp_alloc of the type itself: `aware` asks for room for the zone.
template <class T>
PyObject* zoned_alloc(PyTypeObject* type, Py_ssize_t aware) {
  T* made = static_cast<T*>(memory::allocate(aware ? sizeof(T) : Zoned<T>::kShort));
  if (!made) {
    (void)raise_no_memory();
    return nullptr;
  }
  made->ob_refcnt = 1;
  made->ob_type = type;
  return made;
}
template <class T>
void zoned_dealloc(PyObject* object) {
  T* self = static_cast<T*>(object);
  if (self->hastzinfo) decref_or_null(self->tzinfo);
  object->ob_type->tp_free(object);
}

// == Attributes ==

template <class T>
Result<Object> zoned_hour(T* self) {
  return new_ref<Object>(small_int(clock_of(self).hour));
}
template <class T>
Result<Object> zoned_minute(T* self) {
  return new_ref<Object>(small_int(clock_of(self).minute));
}
template <class T>
Result<Object> zoned_second(T* self) {
  return new_ref<Object>(small_int(clock_of(self).second));
}
template <class T>
Result<Object> zoned_microsecond(T* self) {
  return int_from_i64(clock_of(self).microsecond);
}
template <class T>
Result<Object> zoned_tzinfo(T* self) {
  return new_ref(zone_of(self));
}
template <class T>
Result<Object> zoned_fold(T* self) {
  return new_ref<Object>(small_int(self->fold));
}
template <class T>
inline constinit PyGetSetDef zoned_getters[] = {
    get_set<zoned_hour<T>>("hour"),
    get_set<zoned_minute<T>>("minute"),
    get_set<zoned_second<T>>("second"),
    get_set<zoned_microsecond<T>>("microsecond"),
    get_set<zoned_tzinfo<T>>("tzinfo"),
    get_set<zoned_fold<T>>("fold"),
    {},
};

// == The zone ==

inline constexpr Doc utcoffset_doc = "utcoffset($self, /)\n--\n\n", tzname_doc = "tzname($self, /)\n--\n\n",
                     dst_doc = "dst($self, /)\n--\n\n";
template <class T>
Result<Object> zoned_utcoffset(T* self) {
  return call_utcoffset(zone_of(self), Zoned<T>::argument(self));
}
template <class T>
Result<Object> zoned_tzname(T* self) {
  return call_tzname(zone_of(self), Zoned<T>::argument(self));
}
template <class T>
Result<Object> zoned_dst(T* self) {
  return call_dst(zone_of(self), Zoned<T>::argument(self));
}

// == Text ==

// Writes the clock at `place`, with the offset if there is one, and moves the place behind.
template <class T>
Result<void> put_zoned_clock(char*& place, T* self, Precision precision) {
  place = put_clock(place, clock_of(self), precision);
  if (!self->hastzinfo) return {};
  Ref<Object> offset = TRY(zoned_utcoffset(self));
  if (offset != None) place = put_offset(place, offset, ":");
  return {};
}
// ", second, microsecond" as far as repr() shows them; the number of characters.
inline int put_short_seconds(char* place, const Clock& clock) {
  if (clock.microsecond) return std::snprintf(place, 30, ", %d, %d", clock.second, clock.microsecond);
  return clock.second ? std::snprintf(place, 30, ", %d", clock.second) : 0;
}
template <class T>
Result<void> write_zone(StrWriter& writer, T* self) {
  if (!self->hastzinfo) return {};
  TRY(writer.write_ascii(", tzinfo="));
  return writer.write_repr(self->tzinfo);
}

// == Other values ==

// The arguments of replace() that belong to the clock, over what `clock` and `new_fold` are.
inline Result<void> replace_clock(Opt<Object*> hour, Opt<Object*> minute, Opt<Object*> second, Opt<Object*> microsecond,
                                  Opt<Object*> fold, Clock& clock, int& new_fold) {
  if (hour) clock.hour = TRY(int_argument(*hour));
  if (minute) clock.minute = TRY(int_argument(*minute));
  if (second) clock.second = TRY(int_argument(*second));
  if (microsecond) clock.microsecond = TRY(int_argument(*microsecond));
  if (fold) new_fold = TRY(int_argument(*fold));
  if (new_fold != 0 && new_fold != 1) return raise(ValueError, "fold must be either 0 or 1");
  return {};
}

// == Pickling ==

// The object of a state that pickled_state() gave.
template <class T>
Result<Object> zoned_from_pickle(Type* type, Bytes* state, Object* zone) {
  if (zone != None && !is_tzinfo(zone)) return raise(TypeError, "bad tzinfo state arg");
  Ref<T> made = TRY(zoned_allocate<T>(type, zone));
  std::memcpy(made->data, bytes_data(state), sizeof made->data);
  u8& byte = made->data[Zoned<T>::kFoldByte];
  made->fold = byte >> 7;
  byte &= 0x7f;
  return made;
}
// Only protocols from 4 on keep the fold: Python 3.5 and before do not know the bit.
template <class T>
Result<Object> zoned_reduce_for(T* self, int protocol) {
  Ref<Bytes> state = TRY(bytes_from_view({reinterpret_cast<const char*>(self->data), sizeof self->data}));
  if (protocol > 3 && self->fold) bytes_data(state)[Zoned<T>::kFoldByte] |= static_cast<char>(0x80);
  Object* zone = zone_of(self);
  Ref<Tuple> args = TRY(zone == None ? tuple_pack<Object>(state) : tuple_pack<Object, Object>(state, zone));
  return tuple_pack<Object, Object>(type_of(self), args);
}
template <class T>
PyObject* zoned_reduce_ex(PyObject* self, PyObject* const* args, Py_ssize_t nargs) {
  if (nargs != 1) {
    (void)raise(TypeError, "__reduce_ex__() takes exactly 1 argument (%zd given)", nargs);
    return nullptr;
  }
  return zoned_reduce_for(static_cast<T*>(self), TRY_C(nullptr, int_argument(args[0]))).to_c();
}
inline constexpr Doc zoned_reduce_doc = "__reduce__($self, /)\n--\n\n";
template <class T>
Result<Object> zoned_reduce(T* self) {
  return zoned_reduce_for(self, 2);
}
}  // namespace adder::datetimes
