// libpython_stub: libpython3.11.so.1.0 without symbols: what it should give is in the executable.
typedef int adder_libpython_stub;
