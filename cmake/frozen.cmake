# What every start imports is compiled at build time and linked into the program (tools/freeze.cpp).
set(TAIPAN_FROZEN_MODULES
  _frozen_importlib=importlib/_bootstrap.py
  _frozen_importlib_external=importlib/_bootstrap_external.py
  zipimport abc codecs io _collections_abc _sitebuiltins genericpath posixpath os site stat
  importlib.util importlib.machinery importlib._abc runpy
  encodings=encodings/__init__.py encodings.aliases encodings.utf_8 linecache
  _weakrefset types operator keyword reprlib collections=collections/__init__.py functools
  enum re=re/__init__.py re._compiler re._parser re._constants re._casefix copyreg
  contextlib warnings _py_warnings threading
  # These have no use but to show that freezing works.
  __hello__ __hello_alias__=__hello__.py __phello_alias__=+__hello__.py __phello_alias__.spam=__hello__.py
  __phello__=__phello__/__init__.py __phello__.__init__=<__phello__/__init__.py
  __phello__.ham=0__phello__/ham/__init__.py __phello__.ham.__init__=0<__phello__/ham/__init__.py __phello__.ham.eggs=0__phello__/ham/eggs.py
  __phello__.spam __hello_only__=-)

set(stdlib "${TAIPAN_STDLIB}")
if(NOT stdlib)
  foreach(candidate "$ENV{TAIPAN_STDLIB}" /usr/lib/python3.14 "${CMAKE_SOURCE_DIR}/build/stdlib/usr/lib/python3.14")
    if(candidate AND EXISTS "${candidate}/importlib/_bootstrap.py")
      set(stdlib "${candidate}")
      break()
    endif()
  endforeach()
endif()
if(NOT EXISTS "${stdlib}/importlib/_bootstrap.py")
  message(FATAL_ERROR "No Python 3.14 standard library found: run ./x setup, or set TAIPAN_STDLIB")
endif()

# The version Python programs see is the library's (3.14.x); what it does not tell stays at the first release.
set(TAIPAN_PYTHON_MICRO 0)
file(GLOB details "${stdlib}/build-details*.json")
foreach(file ${details})
  file(READ "${file}" text)
  if(text MATCHES "\"micro\": *([0-9]+)")
    set(TAIPAN_PYTHON_MICRO ${CMAKE_MATCH_1})
  endif()
endforeach()
configure_file("${CMAKE_SOURCE_DIR}/cmake/python_version.h.in" "${CMAKE_BINARY_DIR}/generated/python_version.h")

# lib/python3.14t beside the program: links into that library, and our own files (tools/library.sh).
add_custom_target(library ALL COMMAND "${CMAKE_SOURCE_DIR}/tools/library.sh" "${stdlib}" "${CMAKE_BINARY_DIR}" VERBATIM)

add_executable(freeze tools/freeze.cpp $<TARGET_OBJECTS:taipan_base> $<TARGET_OBJECTS:taipan_syntax> $<TARGET_OBJECTS:taipan_compiler>)
target_link_libraries(freeze PRIVATE ${TAIPAN_LIBRARIES})
set(frozen_source "${CMAKE_BINARY_DIR}/generated/frozen_modules.cpp")
add_custom_command(OUTPUT "${frozen_source}"
  COMMAND freeze "${frozen_source}" "${CMAKE_BINARY_DIR}/lib/python3.14t" ${TAIPAN_FROZEN_MODULES}
  DEPENDS freeze library "${CMAKE_SOURCE_DIR}/tools/library.sh" VERBATIM)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/generated")
add_library(taipan_frozen OBJECT "${frozen_source}")
set(TAIPAN_FROZEN_SOURCES $<TARGET_OBJECTS:taipan_frozen>)
set_source_files_properties("${CMAKE_SOURCE_DIR}/src/app/paths.cpp" PROPERTIES COMPILE_DEFINITIONS "TAIPAN_STDLIB_PATH=\"${stdlib}\"")
