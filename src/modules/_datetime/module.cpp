// _datetime: dates and times. This file: the C interface and the module.
//
// C interface  the capsule datetime.datetime_CAPI: NumPy, _zoneinfo and database drivers make and recognise dates with
// it. See        docs/modules.md, library reference "datetime", tests/python/test_datetime_.py
#include "bind/bind.h"
#include "import/import.h"
#include "modules/_datetime/datetime_methods.h"
#include "modules/_datetime/operations.h"
#include "types/dict.h"
#include "types/tuple.h"

namespace adder::datetimes {
namespace {
// == C interface ==

// PyDateTime_CAPI of datetime.h.
struct Interface {
  PyTypeObject *DateType, *DateTimeType, *TimeType, *DeltaType, *TZInfoType;
  PyObject* TimeZone_UTC;
  PyObject* (*Date_FromDate)(int, int, int, PyTypeObject*);
  PyObject* (*DateTime_FromDateAndTime)(int, int, int, int, int, int, int, PyObject*, PyTypeObject*);
  PyObject* (*Time_FromTime)(int, int, int, int, PyObject*, PyTypeObject*);
  PyObject* (*Delta_FromDelta)(int, int, int, int, PyTypeObject*);
  PyObject* (*TimeZone_FromTimeZone)(PyObject*, PyObject*);
  PyObject* (*DateTime_FromTimestamp)(PyObject*, PyObject*, PyObject*);
  PyObject* (*Date_FromTimestamp)(PyObject*, PyObject*);
  PyObject* (*DateTime_FromDateAndTimeAndFold)(int, int, int, int, int, int, int, PyObject*, int, PyTypeObject*);
  PyObject* (*Time_FromTimeAndFold)(int, int, int, int, PyObject*, int, PyTypeObject*);
};
static_assert(sizeof(Interface) == 120);

PyObject* make_date(int year, int month, int day, PyTypeObject* type) {
  return date_new({year, month, day}, type).to_c();
}
PyObject* make_datetime_with_fold(int year, int month, int day, int hour, int minute, int second, int microsecond,
                                  PyObject* zone, int fold, PyTypeObject* type) {
  return datetime_new({year, month, day}, {hour, minute, second, microsecond}, zone, fold, type).to_c();
}
PyObject* make_datetime(int year, int month, int day, int hour, int minute, int second, int microsecond, PyObject* zone,
                        PyTypeObject* type) {
  return make_datetime_with_fold(year, month, day, hour, minute, second, microsecond, zone, 0, type);
}
PyObject* make_time_with_fold(int hour, int minute, int second, int microsecond, PyObject* zone, int fold,
                              PyTypeObject* type) {
  return time_new({hour, minute, second, microsecond}, zone, fold, type).to_c();
}
PyObject* make_time(int hour, int minute, int second, int microsecond, PyObject* zone, PyTypeObject* type) {
  return make_time_with_fold(hour, minute, second, microsecond, zone, 0, type);
}
PyObject* make_delta(int days, int seconds, int microseconds, int normalize, PyTypeObject* type) {
  if (!normalize) return delta_new(days, seconds, microseconds, type).to_c();
  i128 total = (static_cast<i128>(days) * kSecondsPerDay + seconds) * kMicrosecondsPerSecond + microseconds;
  return delta_from_microseconds(total, type).to_c();
}
PyObject* make_timezone(PyObject* offset, PyObject* name) { return timezone_new(offset, name).to_c(); }
// The arguments of cls.fromtimestamp() as a tuple and a dict.
PyObject* datetime_from_timestamp_arguments(PyObject* cls, PyObject* args, PyObject* kwargs) {
  return datetime_fromtimestamp_call(cls, args, kwargs).to_c();
}
PyObject* date_from_timestamp_arguments(PyObject* cls, PyObject* args) {
  Tuple* tuple = as<Tuple>(args);
  if (tuple_size(tuple) != 1) {
    (void)raise(TypeError, "fromtimestamp expected 1 argument, got %zd", tuple_size(tuple));
    return nullptr;
  }
  return date_from_timestamp(cls, tuple_item(tuple, 0)).to_c();
}

constinit Interface interface = {
    &date_type,
    &datetime_type,
    &time_type,
    &delta_type,
    &tzinfo_type,
    &utc,
    make_date,
    make_datetime,
    make_time,
    make_delta,
    make_timezone,
    datetime_from_timestamp_arguments,
    date_from_timestamp_arguments,
    make_datetime_with_fold,
    make_time_with_fold,
};

// == Module ==

Result<void> make_names() {
  struct {
    Str** place;
    const char* text;
  } const all[] = {
      {&names.utcoffset, "utcoffset"},
      {&names.dst, "dst"},
      {&names.tzname, "tzname"},
      {&names.fromutc, "fromutc"},
      {&names.fromtimestamp, "fromtimestamp"},
      {&names.isoformat, "isoformat"},
      {&names.strftime, "strftime"},
      {&names.timetuple, "timetuple"},
      {&names.toordinal, "toordinal"},
      {&names.getinitargs, "__getinitargs__"},
      {&names.time, "time"},
      {&names.struct_time, "struct_time"},
  };
  for (const auto& name : all) *name.place = TRY(str_intern_from_string(name.text))
  .release();
  return {};
}

// min, max and the like: attributes of the types, put in before anyone sees them.
Result<void> add_constants() {
  struct {
    Type* type;
    const char* name;
    Object* value;
  } const all[] = {
      {&delta_type, "resolution", &delta_microsecond},
      {&delta_type, "min", &delta_minimum},
      {&delta_type, "max", &delta_maximum},
      {&date_type, "min", &date_minimum},
      {&date_type, "max", &date_maximum},
      {&date_type, "resolution", &delta_day},
      {&time_type, "min", &time_minimum},
      {&time_type, "max", &time_maximum},
      {&time_type, "resolution", &delta_microsecond},
      {&datetime_type, "min", &datetime_minimum},
      {&datetime_type, "max", &datetime_maximum},
      {&datetime_type, "resolution", &delta_microsecond},
      {&timezone_type, "utc", &utc},
      {&timezone_type, "min", &timezone_minimum},
      {&timezone_type, "max", &timezone_maximum},
  };
  for (const auto& constant : all) {
    TRY(dict_set_item_string(as<Dict>(constant.type->tp_dict), constant.name, constant.value));
    type_modified(constant.type);
  }
  return {};
}

Result<void> exec(Module* module) {
  if (!names.utcoffset) TRY(make_names());
  Type* const types[] = {&date_type, &datetime_type, &time_type, &delta_type, &tzinfo_type, &timezone_type};
  for (Type* type : types) TRY(module_add_type(module, type));
  TRY(type_ready(&iso_calendar_type));
  TRY(add_constants());
  TRY(module_add_int(module, "MINYEAR", kMinYear));
  TRY(module_add_int(module, "MAXYEAR", kMaxYear));
  TRY(module_add_object(module, "UTC", &utc));
  Ref<Object> capsule = TRY(capsule_new(&interface, "datetime.datetime_CAPI", nullptr));
  return module_add_object(module, "datetime_CAPI", capsule);
}
constinit PyModuleDef_Slot slots[] = {module_exec<exec>(), {}};
constinit ModuleDef definition =
    module_definition("_datetime", "Fast implementation of the datetime type.", nullptr, slots);
}  // namespace
}  // namespace adder::datetimes

ADDER_EXPORT PyObject* PyInit__datetime() { return adder::module_def_init(&adder::datetimes::definition); }
