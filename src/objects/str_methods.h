// The methods of str that lie in files of their own; str_type.cpp lists them.
#pragma once

#include "objects/native.h"
#include "objects/str.h"

namespace taipan {
struct List;
struct Tuple;
} // namespace taipan

namespace taipan::str_methods {

// str_split.cpp
Result<Ref<taipan::List>> split(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> separator, Size maxsplit);
Result<Ref<taipan::List>> rsplit(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> separator, Size maxsplit);
Result<Ref<taipan::List>> splitlines(Thread& t, Borrowed<Str> self, bool keepends);
Result<Ref<Tuple>> partition(Thread& t, Borrowed<Str> self, Borrowed<Object> separator);
Result<Ref<Tuple>> rpartition(Thread& t, Borrowed<Str> self, Borrowed<Object> separator);
Result<Ref<Str>> strip(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> chars);
Result<Ref<Str>> lstrip(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> chars);
Result<Ref<Str>> rstrip(Thread& t, Borrowed<Str> self, MaybeBorrowed<Object> chars);
Result<Ref<Str>> center(Thread& t, Borrowed<Str> self, Size width, MaybeBorrowed<Object> fill);
Result<Ref<Str>> ljust(Thread& t, Borrowed<Str> self, Size width, MaybeBorrowed<Object> fill);
Result<Ref<Str>> rjust(Thread& t, Borrowed<Str> self, Size width, MaybeBorrowed<Object> fill);
Result<Ref<Str>> zfill(Thread& t, Borrowed<Str> self, Size width);
Result<Ref<Str>> expandtabs(Thread& t, Borrowed<Str> self, int tab_size);
Result<Ref<Str>> removeprefix(Thread& t, Borrowed<Str> self, Borrowed<Str> prefix);
Result<Ref<Str>> removesuffix(Thread& t, Borrowed<Str> self, Borrowed<Str> suffix);

// str_format.cpp
Result<Ref<Object>> format(Thread& t, Borrowed<Str> self, Args args, Kwargs kwargs);
Result<Ref<Object>> format_map(Thread& t, Borrowed<Str> self, Borrowed<Object> mapping);

} // namespace taipan::str_methods
