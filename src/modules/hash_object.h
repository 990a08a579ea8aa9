// The hash objects of _md5, _sha1, _sha2, _sha3 and _blake2, over OpenSSL's digests.
#pragma once

#include "objects/type_spec.h"
#include "runtime/lock.h"

namespace taipan::hashes {

/// What a type of hash objects is: name as hashlib shows it, OpenSSL's name, and the sizes in bytes.
struct Algorithm {
    const char* name;
    const char* openssl;
    int digest_size, block_size; // digest_size 0: extendable output
};

struct HashObject : Object {
    const Algorithm* algorithm;
    void* context; // EVP_MD_CTX, guarded by the lock
    Mutex lock;
};

/// A new hash object with `data` hashed; both data and string null: none.
Result<Ref<Object>> hash_new(Thread& t, Type& type, const Algorithm& algorithm, Object* data, Object* string);
void hash_dealloc(Object* object);
Result<Ref<Object>> hash_copy(Thread& t, Borrowed<HashObject> self);
Result<void> hash_update(Thread& t, Borrowed<HashObject> self, Borrowed<Object> data);
/// `length` < 0: the algorithm's.
Result<Ref<Object>> hash_digest(Thread& t, Borrowed<HashObject> self, intptr_t length, bool hex);

} // namespace taipan::hashes
