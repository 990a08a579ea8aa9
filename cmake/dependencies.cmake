# Libraries that the engine and its native modules stand on (README lists the Debian packages).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set(TAIPAN_LIBRARIES Threads::Threads ${TAIPAN_NATIVE_LIBRARIES} gmp ${CMAKE_DL_LIBS} m)
# What comes from archives stays ours: extension modules bring their own copies.
# (Not with a sanitizer: its runtime is an archive too, and must stand before the C library's malloc.)
if(NOT TAIPAN_SANITIZE)
  add_link_options(-Wl,--exclude-libs,ALL)
endif()
