# Compiler flags of the whole project. Sets ADDER_COMPILE_OPTIONS, ADDER_LINK_OPTIONS, ADDER_DEFINITIONS.

set(ADDER_EXECUTABLE_OPTIONS -fno-pie)  # addresses in constant tables need no relocation at start-up
set(ADDER_SHARED_OPTIONS -fPIC -fno-semantic-interposition)
set(ADDER_COMPILE_OPTIONS
    -fno-exceptions
    -fno-rtti
    -fvisibility=hidden
    -fno-strict-aliasing   # objects are seen as their own type, as PyObject and by C extensions
    -Wall -Wextra -Werror
    -Wno-missing-field-initializers  # type tables name the slots they fill
    -Wno-invalid-offsetof            # ABI structs inherit from PyObject
    -Wno-unused-parameter            # slots have fixed signatures
    -Wno-cast-function-type          # so do method tables
)
set(ADDER_LINK_OPTIONS "")
set(ADDER_DEFINITIONS "")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ sees null checks of `this`-like parameters and flexible arrays as errors at -O2; both are how the ABI is laid out.
  list(APPEND ADDER_COMPILE_OPTIONS -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-dangling-pointer -Wno-format-truncation)
  # Otherwise g++ merges the dispatch jumps of the interpreter, and loops run three times slower.
  file(GLOB interpreter_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/interpreter/*.cpp)
  set_source_files_properties(${interpreter_sources} PROPERTIES COMPILE_OPTIONS "-fno-gcse;-fno-crossjumping")
else()
  list(APPEND ADDER_COMPILE_OPTIONS -Wno-unused-command-line-argument -Wno-gnu-designator -Wno-c99-designator)
endif()

if(ADDER_CHECKED)
  list(APPEND ADDER_DEFINITIONS ADDER_CHECKED=1)
endif()
if(ADDER_SANITIZE)
  list(APPEND ADDER_COMPILE_OPTIONS -fsanitize=address,undefined -fno-sanitize=vptr,alignment -fno-sanitize-recover=undefined
       -fno-omit-frame-pointer)
  list(APPEND ADDER_LINK_OPTIONS -fsanitize=address,undefined)
  list(APPEND ADDER_DEFINITIONS ADDER_SANITIZE=1)
endif()

# Profile-guided optimisation: counts are kept below the build folder. Code that the training did not reach is optimised
# as without a profile. The second build is optimised at link time too: with a profile that gains 3 to 5 %, without one it loses.
if(ADDER_PROFILE STREQUAL "generate")
  list(APPEND ADDER_COMPILE_OPTIONS -fprofile-generate -fprofile-dir=${CMAKE_BINARY_DIR}/profile)
  list(APPEND ADDER_LINK_OPTIONS -fprofile-generate)
elseif(ADDER_PROFILE STREQUAL "use")
  set(profile_options -fprofile-use -fprofile-dir=${CMAKE_BINARY_DIR}/profile -fprofile-partial-training -fprofile-correction
      -Wno-missing-profile -Wno-coverage-mismatch)
  list(APPEND ADDER_COMPILE_OPTIONS ${profile_options})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND ADDER_COMPILE_OPTIONS -flto=auto)
    list(APPEND ADDER_LINK_OPTIONS -flto=auto -fno-pie -Wno-odr -Wno-lto-type-mismatch ${profile_options})
    # The weak stand-ins have other types than what they stand in for. What is inlined into the loop costs it its registers.
    set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/capi/missing.cpp ${CMAKE_SOURCE_DIR}/src/interpreter/run.cpp
                 APPEND PROPERTY COMPILE_OPTIONS -fno-lto)
  endif()
endif()

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  endif()
endif()
