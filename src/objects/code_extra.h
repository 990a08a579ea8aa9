// Data that C code attaches to code objects (PEP 523): under a number that it has asked for, with a function that frees
// it. The numbers are the process's: a function in C is there for all interpreters. What is stored is guarded by the
// lock of the code object; the free functions are called without it, for they may run Python.
#pragma once

#include "objects/code.h"

namespace taipan {

using CodeExtraFree = void (*)(void* extra);

/// A new index, or -1: all are taken.
intptr_t code_extra_request(CodeExtraFree free);
bool code_extra_exists(intptr_t index);
/// Null: nothing is stored.
void* code_extra(Thread& t, Code* code, intptr_t index);
/// Stores under an index that exists, and frees what was there.
Result<void> code_set_extra(Thread& t, Code* code, intptr_t index, void* extra);
/// Frees all that a dying code object has.
void code_extra_release(Code* code);

} // namespace taipan
