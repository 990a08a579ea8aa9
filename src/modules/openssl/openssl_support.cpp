#include "modules/openssl/openssl_support.h"

#include <openssl/objects.h>

namespace taipan::openssl {

Error raise_queued(Thread& t, Type& type, const char* otherwise) {
    unsigned long code = ERR_peek_last_error();
    if (!code) return raise(t, type, "%s", otherwise);
    const char *library = ERR_lib_error_string(code), *reason = ERR_reason_error_string(code);
    int number = ERR_GET_REASON(code);
    ERR_clear_error();
    if (number == ERR_R_MALLOC_FAILURE) return raise_memory_error(t);
    if (!reason) reason = "no reason supplied";
    if (library) return raise(t, type, "[%s] %s", library, reason);
    return raise(t, type, "%s", reason);
}

const DigestName digest_names[DigestNameCount] = {
    {"md5", "MD5", "MD5", NID_md5},
    {"sha1", "SHA1", "SHA1", NID_sha1},
    {"sha224", "SHA224", "SHA2-224", NID_sha224},
    {"sha256", "SHA256", "SHA2-256", NID_sha256},
    {"sha384", "SHA384", "SHA2-384", NID_sha384},
    {"sha512", "SHA512", "SHA2-512", NID_sha512},
    {"sha512_224", "SHA512_224", "SHA2-512/224", NID_sha512_224},
    {"sha512_256", "SHA512_256", "SHA2-512/256", NID_sha512_256},
    {"sha3_224", "SHA3_224", "SHA3-224", NID_sha3_224},
    {"sha3_256", "SHA3_256", "SHA3-256", NID_sha3_256},
    {"sha3_384", "SHA3_384", "SHA3-384", NID_sha3_384},
    {"sha3_512", "SHA3_512", "SHA3-512", NID_sha3_512},
    {"shake_128", "SHAKE_128", "SHAKE-128", NID_shake128},
    {"shake_256", "SHAKE_256", "SHAKE-256", NID_shake256},
    {"blake2s", "BLAKE2s256", "BLAKE2S-256", NID_blake2s256},
    {"blake2b", "BLAKE2b512", "BLAKE2B-512", NID_blake2b512},
};

int find_digest_name(std::string_view name) {
    for (int i = 0; i < DigestNameCount; ++i)
        if (name == digest_names[i].python || name == digest_names[i].alternative || name == digest_names[i].openssl) return i;
    return -1;
}
const char* digest_name(const EVP_MD* digest) {
    int nid = EVP_MD_get_type(digest);
    for (const DigestName& row : digest_names)
        if (row.nid == nid) return row.python;
    const char* name = OBJ_nid2ln(nid);
    return name ? name : OBJ_nid2sn(nid);
}

} // namespace taipan::openssl
