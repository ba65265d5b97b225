// _datetime/iso_calendar: what isocalendar() gives: a tuple whose items have names.
#include "bind/bind.h"
#include "modules/_datetime/operations.h"
#include "types/tuple.h"

namespace adder::datetimes {
namespace {
Result<Object> make(Object* year, Object* week, Object* weekday) {
  Ref<Object> object = TRY(object_new_zeroed(&iso_calendar_type, 3));
  Object* const items[] = {year, week, weekday};
  for (isize i = 0; i < 3; ++i) tuple_init_item(as<Tuple>(object.get()), i, new_ref(items[i]));
  return object;
}

constexpr Doc new_doc = "IsoCalendarDate($type, /, year, week, weekday)\n--\n\n";
Result<Object> iso_calendar_make(Type*, Object* year, Object* week, Object* weekday) {
  return make(year, week, weekday);
}

Result<Object> year_of(Tuple* self) { return new_ref(tuple_item(self, 0)); }
Result<Object> week_of(Tuple* self) { return new_ref(tuple_item(self, 1)); }
Result<Object> weekday_of_week(Tuple* self) { return new_ref(tuple_item(self, 2)); }
constinit PyGetSetDef getters[] = {
    get_set<year_of>("year"), get_set<week_of>("week"), get_set<weekday_of_week>("weekday"), {}};

Result<Str> iso_calendar_repr(Tuple* self) {
  return str_from_format("%.200s(year=%S, week=%S, weekday=%S)", type_of(self)->tp_name, tuple_item(self, 0),
                         tuple_item(self, 1), tuple_item(self, 2));
}

// Pickled as a plain tuple: the type has no public name.
constexpr Doc reduce_doc = "__reduce__($self, /)\n--\n\n";
Result<Object> iso_calendar_reduce(Tuple* self) {
  Ref<Tuple> items = TRY(tuple_from_array(tuple_items(self), tuple_size(self)))
  , args = TRY(tuple_pack<Object>(items));
  return tuple_pack<Object, Object>(&PyTuple_Type, args);
}
constinit PyMethodDef methods[] = {with_text(method<iso_calendar_reduce, reduce_doc>(), "__reduce__() -> (cls, state)"),
                                   {}};
}  // namespace

Result<Object> iso_calendar_new(const IsoDay& day) {
  Ref<Int> year = TRY(int_from_i64(day.year));
  return make(year, small_int(day.week), small_int(day.weekday));
}

constinit Type iso_calendar_type = {
    .tp_name = "datetime.IsoCalendarDate",
    .tp_basicsize = 32,
    .tp_itemsize = sizeof(Object*),
    .tp_repr = slot<iso_calendar_repr>,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc =
        "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple "
        "of\n  "
        "((year, week, weekday)\nor via the object attributes as named in the above tuple.",
    .tp_methods = methods,
    .tp_getset = getters,
    .tp_base = &PyTuple_Type,
    .tp_new = constructor<iso_calendar_make, new_doc>,
};
}  // namespace adder::datetimes
