# Libraries, the host's python3 for the generators, and the Python standard library that adder runs with.
# Sets ADDER_LIBRARIES, ADDER_DEFINITIONS (ADDER_HAVE_CRYPTO), ADDER_STDLIB_FOUND.

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
find_path(GMP_INCLUDE gmp.h REQUIRED)
find_library(GMP_LIBRARY gmp REQUIRED)
find_library(CRYPTO_LIBRARY crypto)

set(ADDER_LIBRARIES ${GMP_LIBRARY} ZLIB::ZLIB EXPAT::EXPAT Threads::Threads ${CMAKE_DL_LIBS} m)
if(CRYPTO_LIBRARY)
  list(APPEND ADDER_DEFINITIONS ADDER_HAVE_CRYPTO=1)  # loaded when it is needed: modules/hashes/digests.cpp
endif()

# The standard library is found once, here; PYTHONHOME and pyvenv.cfg override it at run time.
set(ADDER_STDLIB_FOUND "${ADDER_STDLIB}")
if(NOT ADDER_STDLIB_FOUND)
  foreach(folder /usr/lib/python3.11 /usr/local/lib/python3.11)
    if(EXISTS ${folder}/os.py AND NOT ADDER_STDLIB_FOUND)
      set(ADDER_STDLIB_FOUND ${folder})
    endif()
  endforeach()
endif()
if(NOT ADDER_STDLIB_FOUND)
  set(ADDER_STDLIB_FOUND /usr/lib/python3.11)
  message(WARNING "No Python 3.11 standard library found (Debian: libpython3.11-stdlib); adder will look in ${ADDER_STDLIB_FOUND}")
endif()
message(STATUS "Standard library: ${ADDER_STDLIB_FOUND}")
