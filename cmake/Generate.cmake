# adder_generate(SCRIPT tools/generate_x.py INPUTS file... OUTPUTS room/x.h room/x.cpp...)
#
# Runs `python3 SCRIPT --output-dir GENERATED INPUT...` at build time; the script writes every output, at its path below
# GENERATED, whether it changed or not. A script that is not there (yet) is passed over.

set(ADDER_GENERATED ${CMAKE_BINARY_DIR}/generated)
set(ADDER_GENERATED_SOURCES "")
set(ADDER_GENERATED_HEADERS "")
file(MAKE_DIRECTORY ${ADDER_GENERATED})

macro(adder_generate)
  cmake_parse_arguments(gen "" "SCRIPT" "INPUTS;OUTPUTS" ${ARGN})
  if(EXISTS ${CMAKE_SOURCE_DIR}/${gen_SCRIPT})
    set(gen_paths ${gen_OUTPUTS})
    list(TRANSFORM gen_paths PREPEND ${ADDER_GENERATED}/)
    set(gen_inputs ${gen_INPUTS})
    list(TRANSFORM gen_inputs PREPEND ${CMAKE_SOURCE_DIR}/)
    add_custom_command(
      OUTPUT ${gen_paths}
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/${gen_SCRIPT} --output-dir ${ADDER_GENERATED} ${gen_inputs}
      DEPENDS ${CMAKE_SOURCE_DIR}/${gen_SCRIPT} ${gen_inputs}
      COMMENT "Generating ${gen_OUTPUTS}"
      VERBATIM)
    foreach(path ${gen_paths})
      if(path MATCHES "\\.cpp$")
        list(APPEND ADDER_GENERATED_SOURCES ${path})
      else()
        list(APPEND ADDER_GENERATED_HEADERS ${path})
      endif()
    endforeach()
  endif()
endmacro()
