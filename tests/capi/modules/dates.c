// dates: the C interface of datetime: the capsule's constructors, and the macros that read objects.
#include <Python.h>
#include <datetime.h>

#define NONE_AS_NULL(o) ((o) == Py_None ? NULL : (o))

static PyObject* make_date(PyObject* module, PyObject* args) {
  int y, m, d;
  PyObject* type = (PyObject*)PyDateTimeAPI->DateType;
  if (!PyArg_ParseTuple(args, "iii|O", &y, &m, &d, &type)) return NULL;
  return PyDateTimeAPI->Date_FromDate(y, m, d, (PyTypeObject*)type);
}
static PyObject* make_datetime(PyObject* module, PyObject* args) {
  int y, m, d, h, n, s, u, fold = -1;
  PyObject *zone, *type = (PyObject*)PyDateTimeAPI->DateTimeType;
  if (!PyArg_ParseTuple(args, "iiiiiiiO|iO", &y, &m, &d, &h, &n, &s, &u, &zone, &fold, &type)) return NULL;
  if (fold < 0) return PyDateTimeAPI->DateTime_FromDateAndTime(y, m, d, h, n, s, u, zone, (PyTypeObject*)type);
  return PyDateTimeAPI->DateTime_FromDateAndTimeAndFold(y, m, d, h, n, s, u, zone, fold, (PyTypeObject*)type);
}
static PyObject* make_time(PyObject* module, PyObject* args) {
  int h, n, s, u, fold = -1;
  PyObject *zone, *type = (PyObject*)PyDateTimeAPI->TimeType;
  if (!PyArg_ParseTuple(args, "iiiiO|iO", &h, &n, &s, &u, &zone, &fold, &type)) return NULL;
  if (fold < 0) return PyDateTimeAPI->Time_FromTime(h, n, s, u, zone, (PyTypeObject*)type);
  return PyDateTimeAPI->Time_FromTimeAndFold(h, n, s, u, zone, fold, (PyTypeObject*)type);
}
static PyObject* make_delta(PyObject* module, PyObject* args) {
  int d, s, u, normalize = 1;
  PyObject* type = (PyObject*)PyDateTimeAPI->DeltaType;
  if (!PyArg_ParseTuple(args, "iii|iO", &d, &s, &u, &normalize, &type)) return NULL;
  return PyDateTimeAPI->Delta_FromDelta(d, s, u, normalize, (PyTypeObject*)type);
}
static PyObject* make_timezone(PyObject* module, PyObject* args) {
  PyObject *offset, *name = NULL;
  if (!PyArg_ParseTuple(args, "O|O", &offset, &name)) return NULL;
  return name ? PyTimeZone_FromOffsetAndName(offset, name) : PyTimeZone_FromOffset(offset);
}
static PyObject* datetime_from_timestamp(PyObject* module, PyObject* args) {
  PyObject *cls, *arguments, *keywords = Py_None;
  if (!PyArg_ParseTuple(args, "OO|O", &cls, &arguments, &keywords)) return NULL;
  return PyDateTimeAPI->DateTime_FromTimestamp(cls, arguments, NONE_AS_NULL(keywords));
}
static PyObject* date_from_timestamp(PyObject* module, PyObject* args) {
  PyObject *cls, *arguments;
  if (!PyArg_ParseTuple(args, "OO", &cls, &arguments)) return NULL;
  return PyDateTimeAPI->Date_FromTimestamp(cls, arguments);
}
static PyObject* utc(PyObject* module, PyObject* unused) {
  Py_INCREF(PyDateTime_TimeZone_UTC);
  return PyDateTime_TimeZone_UTC;
}
// What the macros say of an object: the names of the types that it is one of, and its fields.
static PyObject* facts(PyObject* module, PyObject* o) {
  PyObject* kinds = Py_BuildValue("[iiiiiiiiii]", PyDate_Check(o), PyDate_CheckExact(o), PyDateTime_Check(o),
                                  PyDateTime_CheckExact(o), PyTime_Check(o), PyTime_CheckExact(o), PyDelta_Check(o),
                                  PyDelta_CheckExact(o), PyTZInfo_Check(o), PyTZInfo_CheckExact(o));
  if (PyDateTime_Check(o))
    return Py_BuildValue("NiiiiiiiiO", kinds, PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o),
                         PyDateTime_DATE_GET_HOUR(o), PyDateTime_DATE_GET_MINUTE(o), PyDateTime_DATE_GET_SECOND(o),
                         PyDateTime_DATE_GET_MICROSECOND(o), PyDateTime_DATE_GET_FOLD(o),
                         PyDateTime_DATE_GET_TZINFO(o));
  if (PyDate_Check(o))
    return Py_BuildValue("Niii", kinds, PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o));
  if (PyTime_Check(o))
    return Py_BuildValue("NiiiiiO", kinds, PyDateTime_TIME_GET_HOUR(o), PyDateTime_TIME_GET_MINUTE(o),
                         PyDateTime_TIME_GET_SECOND(o), PyDateTime_TIME_GET_MICROSECOND(o), PyDateTime_TIME_GET_FOLD(o),
                         PyDateTime_TIME_GET_TZINFO(o));
  if (PyDelta_Check(o))
    return Py_BuildValue("Niii", kinds, PyDateTime_DELTA_GET_DAYS(o), PyDateTime_DELTA_GET_SECONDS(o),
                         PyDateTime_DELTA_GET_MICROSECONDS(o));
  return kinds;
}

static PyMethodDef functions[] = {
    {"make_date", make_date, METH_VARARGS},
    {"make_datetime", make_datetime, METH_VARARGS},
    {"make_time", make_time, METH_VARARGS},
    {"make_delta", make_delta, METH_VARARGS},
    {"make_timezone", make_timezone, METH_VARARGS},
    {"datetime_from_timestamp", datetime_from_timestamp, METH_VARARGS},
    {"date_from_timestamp", date_from_timestamp, METH_VARARGS},
    {"utc", utc, METH_NOARGS},
    {"facts", facts, METH_O},
    {NULL},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "dates", NULL, -1, functions};
PyMODINIT_FUNC PyInit_dates(void) {
  PyDateTime_IMPORT;
  if (!PyDateTimeAPI) return NULL;
  return PyModule_Create(&definition);
}
