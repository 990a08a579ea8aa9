# What every start imports is compiled at build time and linked into the program (tools/freeze.cpp).
set(TAIPAN_FROZEN_MODULES
  _frozen_importlib=importlib/_bootstrap.py
  _frozen_importlib_external=importlib/_bootstrap_external.py
  zipimport abc codecs io _collections_abc _sitebuiltins genericpath posixpath os site stat
  importlib=importlib/__init__.py importlib.util importlib.machinery importlib._abc runpy
  encodings=encodings/__init__.py encodings.aliases encodings.utf_8 linecache
  _weakrefset types operator keyword reprlib collections=collections/__init__.py functools
  enum re=re/__init__.py re._compiler re._parser re._constants re._casefix copyreg
  contextlib warnings _py_warnings threading)

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

add_executable(freeze tools/freeze.cpp $<TARGET_OBJECTS:taipan_base> $<TARGET_OBJECTS:taipan_syntax> $<TARGET_OBJECTS:taipan_compiler>)
target_link_libraries(freeze PRIVATE ${TAIPAN_LIBRARIES})
set(frozen_source "${CMAKE_BINARY_DIR}/generated/frozen_modules.cpp")
add_custom_command(OUTPUT "${frozen_source}"
  COMMAND freeze "${frozen_source}" "${stdlib}" ${TAIPAN_FROZEN_MODULES}
  DEPENDS freeze VERBATIM)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/generated")
add_library(taipan_frozen OBJECT "${frozen_source}")
set(TAIPAN_FROZEN_SOURCES $<TARGET_OBJECTS:taipan_frozen>)
set_source_files_properties("${CMAKE_SOURCE_DIR}/src/app/paths.cpp" PROPERTIES COMPILE_DEFINITIONS "TAIPAN_STDLIB_PATH=\"${stdlib}\"")
