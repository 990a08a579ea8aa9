// Text to bytes and back by named encodings. The common encodings are native, others go through the codec registry.
// Error handlers: strict, ignore, replace, backslashreplace, xmlcharrefreplace, namereplace, surrogateescape and
// surrogatepass are native; others are looked up in the registry.
#pragma once

#include "objects/bytes.h"
#include "objects/str.h"

namespace taipan {

struct Tuple;

/// text.encode(encoding, errors); null arguments mean utf-8 and strict.
Result<Ref<Object>> str_encode(Thread& t, Borrowed<Str> text, const char* encoding, const char* errors);
/// bytes.decode(encoding, errors). `source`: a bytes-like object.
Result<Ref<Object>> str_decode(Thread& t, Borrowed<Object> source, const char* encoding, const char* errors);

// The native codecs. `errors` may be null (strict). A `consumed` that is not null asks for incremental decoding: what is
// incomplete at the end is left.
Result<Ref<Bytes>> encode_utf8(Thread& t, Borrowed<Str> text, const char* errors);
Result<Ref<Bytes>> encode_latin1(Thread& t, Borrowed<Str> text, const char* errors);
Result<Ref<Bytes>> encode_ascii(Thread& t, Borrowed<Str> text, const char* errors);
/// `order`: -1 little, 1 big, 0 native with a byte order mark.
Result<Ref<Bytes>> encode_utf16(Thread& t, Borrowed<Str> text, const char* errors, int order);
Result<Ref<Bytes>> encode_utf32(Thread& t, Borrowed<Str> text, const char* errors, int order);
Result<Ref<Bytes>> encode_utf7(Thread& t, Borrowed<Str> text, const char* errors);
Result<Ref<Bytes>> encode_unicode_escape(Thread& t, Borrowed<Str> text);
Result<Ref<Bytes>> encode_raw_unicode_escape(Thread& t, Borrowed<Str> text);
Result<Ref<Bytes>> encode_charmap(Thread& t, Borrowed<Str> text, Borrowed<Object> mapping, const char* errors);

Result<Ref<Str>> decode_utf8(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed);
Result<Ref<Str>> decode_latin1(Thread& t, std::string_view bytes);
Result<Ref<Str>> decode_ascii(Thread& t, std::string_view bytes, const char* errors);
/// `order` in: as above, 0 reads the mark; out: what was found.
Result<Ref<Str>> decode_utf16(Thread& t, std::string_view bytes, const char* errors, int* order, intptr_t* consumed);
Result<Ref<Str>> decode_utf32(Thread& t, std::string_view bytes, const char* errors, int* order, intptr_t* consumed);
Result<Ref<Str>> decode_utf7(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed);
Result<Ref<Str>> decode_unicode_escape(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed);
Result<Ref<Str>> decode_raw_unicode_escape(Thread& t, std::string_view bytes, const char* errors, intptr_t* consumed);
Result<Ref<Str>> decode_charmap(Thread& t, std::string_view bytes, Object* mapping, const char* errors);
Result<Ref<Object>> charmap_build(Thread& t, Borrowed<Str> table);

// The registry, per interpreter.
Result<void> codec_register(Thread& t, Borrowed<Object> search);
Result<void> codec_unregister(Thread& t, Borrowed<Object> search);
/// The CodecInfo tuple; LookupError "unknown encoding: x".
Result<Ref<Object>> codec_lookup(Thread& t, std::string_view encoding);
Result<void> codec_register_error(Thread& t, std::string_view name, Borrowed<Object> handler);
/// LookupError "unknown error handler name 'x'". Null means strict.
/// The development mode (-X dev): encode and decode check the names of codecs and error handlers.
extern bool g_check_codec_names;
Result<Ref<Object>> codec_lookup_error(Thread& t, const char* name);
/// True: the name was the registry's own to remove.
Result<bool> codec_unregister_error(Thread& t, std::string_view name);
Result<Ref<Object>> codec_encode(Thread& t, Borrowed<Object> object, const char* encoding, const char* errors);
Result<Ref<Object>> codec_decode(Thread& t, Borrowed<Object> object, const char* encoding, const char* errors);
/// str.translate.
Result<Ref<Object>> str_translate(Thread& t, Borrowed<Str> text, Borrowed<Object> table);

} // namespace taipan
