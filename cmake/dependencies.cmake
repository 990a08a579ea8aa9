# Libraries that the engine and its native modules stand on (README lists the Debian packages).
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
set(TAIPAN_LIBRARIES Threads::Threads gmp z crypto ${CMAKE_DL_LIBS} m)
