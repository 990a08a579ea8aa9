"""Every compressor gives back what it was given, in one step and piece by piece; checksums and digests are right."""

import bz2
import hashlib
import hmac
import io
import lzma
import shutil
import tarfile
import tempfile
import threading
import zipfile
import zlib
from compression import zstd
from pathlib import Path

data = b"taipan " * 5000 + bytes(range(256)) * 20
for module in zlib, bz2, lzma, zstd:
    packed = module.compress(data)
    print(module.__name__, module.decompress(packed) == data, len(packed) < len(data) // 4)

packer, unpacker = zlib.compressobj(9, wbits=31), zlib.decompressobj(wbits=31)
pieces = [packer.compress(data[i : i + 999]) for i in range(0, len(data), 999)] + [packer.flush()]
print(b"".join(unpacker.decompress(piece) for piece in pieces) + unpacker.flush() == data, unpacker.eof)
limited = zlib.decompressobj()
first = limited.decompress(zlib.compress(data), 100)
print(len(first), limited.decompress(limited.unconsumed_tail) + limited.flush() == data[100:])
print(hex(zlib.crc32(data)), hex(zlib.adler32(data)), zlib.crc32(b"b", zlib.crc32(b"a")) == zlib.crc32(b"ab"))
for bad in (b"not compressed", zlib.compress(data)[:-5]):
    try:
        zlib.decompress(bad)
    except zlib.error as error:
        print("zlib.error:", error)

for name in "md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b", "blake2s":
    print(name, hashlib.new(name, b"taipan").hexdigest()[:32])
print(hashlib.blake2b(b"x", key=b"k", salt=b"s", person=b"p", digest_size=20).hexdigest())
print(hmac.new(b"key", b"message", "sha256").hexdigest()[:32], hmac.compare_digest("a", "a"))
print(hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 100, 16).hex(), hashlib.scrypt(b"a", salt=b"b", n=2, r=1, p=1, dklen=8).hex())

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    (folder / "tree").mkdir()
    (folder / "tree/one.txt").write_text("one")
    for kind in "zip", "gztar", "bztar", "xztar", "zstdtar":
        shutil.unpack_archive(shutil.make_archive(str(folder / kind), kind, folder, "tree"), folder / ("out_" + kind))
        print(kind, (folder / ("out_" + kind) / "tree/one.txt").read_text())
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", data)
        print(archive.getinfo("a").file_size, archive.read("a") == data)

results = []
threads = [threading.Thread(target=lambda: results.append(zlib.decompress(zlib.compress(data)) == data)) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)
