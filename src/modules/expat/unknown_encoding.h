// Encodings that expat does not know itself: those of one byte a character, by our codecs.
#pragma once

#define XML_DTD 1 // older headers show the protection against amplification only so
#include <expat.h>

namespace taipan::pyexpat {

/// For XML_SetUnknownEncodingHandler; an error leaves an exception set.
int on_unknown_encoding(void* data, const XML_Char* name, XML_Encoding* info);

} // namespace taipan::pyexpat
