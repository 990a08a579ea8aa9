import base64, binascii, bz2, gzip, hashlib, hmac, io, lzma, zlib, zipfile, tarfile, secrets, uuid, quopri, urllib.parse, html, codecs

d = b"hello world " * 50
for n in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    print(n, hashlib.new(n, d).hexdigest())
h = hashlib.sha256()
h.update(b"a")
c = h.copy()
h.update(b"b")
print(
    h.hexdigest()[:16],
    c.hexdigest()[:16],
    h.digest_size,
    h.block_size,
    h.name,
    hashlib.shake_128(b"x").hexdigest(8),
    hmac.new(b"k", b"m", "sha256").hexdigest(),
    hashlib.pbkdf2_hmac("sha256", b"p", b"s", 10).hex(),
    hashlib.blake2b(b"x", digest_size=4, key=b"k", salt=b"s").hexdigest(),
    hmac.compare_digest("a", "a"),
    hashlib.scrypt(b"p", salt=b"s", n=2, r=1, p=1).hex()[:16],
)
for mod in (zlib, bz2, lzma, gzip):
    print(mod.__name__, mod.decompress(mod.compress(d)) == d)
z = zlib.compressobj(9, wbits=-15)
raw = z.compress(d) + z.flush()
u = zlib.decompressobj(-15)
print(
    u.decompress(raw, 20),
    len(u.unconsumed_tail) > 0,
    u.decompress(u.unconsumed_tail) + u.flush() == d[20:],
    u.eof,
    zlib.crc32(d),
    zlib.adler32(d),
    zlib.crc32(b"b", zlib.crc32(b"a")) == zlib.crc32(b"ab"),
)
for bad in (
    lambda: zlib.decompress(b"garbage"),
    lambda: bz2.decompress(b"garbage"),
    lambda: lzma.decompress(b"garbage"),
    lambda: gzip.decompress(b"garbage"),
    lambda: hashlib.new("nope"),
    lambda: hashlib.md5("str"),
    lambda: base64.b64decode("a"),
    lambda: binascii.unhexlify("abc"),
    lambda: zlib.decompress(zlib.compress(d)[:-5]),
    lambda: zlib.compress(d, 99),
    lambda: base64.b32decode("1"),
    lambda: zipfile.ZipFile(io.BytesIO(b"no")),
):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print(
    base64.b64encode(b"\xff\xfe?>"),
    base64.urlsafe_b64encode(b"\xff\xfe?>"),
    base64.b32encode(b"ab"),
    base64.b16encode(b"ab"),
    base64.b85encode(b"abc"),
    base64.a85encode(b"abc"),
    binascii.hexlify(b"ab", "-"),
    binascii.crc_hqx(b"a", 0),
    base64.b64decode("YWI="),
    binascii.b2a_uu(b"x"),
    quopri.encodestring("é=".encode()),
    codecs.encode("abc", "rot13"),
    codecs.encode(b"ab", "hex"),
)
b = io.BytesIO()
with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as f:
    f.writestr("a/b.txt", d)
    f.writestr("c", b"x")
with zipfile.ZipFile(b) as f:
    print(f.namelist(), f.read("c"), f.getinfo("a/b.txt").file_size, f.testzip())
t = io.BytesIO()
with tarfile.open(fileobj=t, mode="w:gz") as f:
    i = tarfile.TarInfo("f.txt")
    i.size = 3
    f.addfile(i, io.BytesIO(b"abc"))
t.seek(0)
with tarfile.open(fileobj=t) as f:
    print(f.getnames(), f.extractfile("f.txt").read())
print(
    uuid.uuid5(uuid.NAMESPACE_DNS, "x.org"),
    uuid.UUID("12345678" * 4).hex,
    uuid.uuid4().version,
    len(secrets.token_hex(4)),
    urllib.parse.urlsplit("http://u:p@h:80/p?q=1#f"),
    urllib.parse.quote("é /"),
    urllib.parse.urlencode({"a": "b c", "d": [1]}, doseq=True),
    urllib.parse.parse_qs("a=1&a=2"),
    urllib.parse.urljoin("http://h/a/b", "../c"),
    html.escape("<a>&'"),
    html.unescape("&lt;&eacute;&#65;"),
)
