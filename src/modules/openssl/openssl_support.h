// What the modules over OpenSSL share: its error queue as exceptions, digests by name.
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include "objects/exceptions.h"

#include <openssl/err.h>
#include <openssl/evp.h>

namespace taipan::openssl {

/// Raises `type` with the last error of OpenSSL's queue, "[library] reason" (`otherwise` if the queue is empty), and
/// clears the queue. MemoryError when that is what it says.
COLD Error raise_queued(Thread& t, Type& type, const char* otherwise = "no reason supplied");

/// hashlib's names of OpenSSL's digests.
struct DigestName {
    const char *python, *alternative, *openssl;
    int nid;
};
constexpr int DigestNameCount = 16;
extern const DigestName digest_names[DigestNameCount];
/// The row whose Python or OpenSSL name (or old name) this is, or -1.
int find_digest_name(std::string_view name);
/// hashlib's name of a digest.
const char* digest_name(const EVP_MD* digest);

} // namespace taipan::openssl
