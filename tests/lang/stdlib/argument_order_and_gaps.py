# Which argument error is told first, and local times that do not exist.
import datetime
import hashlib
import os
import ssl
import time

for call in (
    lambda: hashlib.sha256(b"", data=b"", other=1),
    lambda: hashlib.sha256(b"", other=1),
    lambda: hashlib.new("sha256", b"", data=b"", other=1),
    lambda: hashlib.blake2b(digest_size=-1),
    lambda: hashlib.blake2b(digest_size=65),
    lambda: hashlib.blake2b(depth=2**70),
    lambda: os.close(2**70),
    lambda: setattr(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "options", -1),
    lambda: setattr(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "options", 2**100),
    lambda: setattr(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "options", "a"),
    lambda: os.execv("/nope/nope", ["x"]),
    lambda: open("a\0b"),
    lambda: open(os.devnull, newline="a\0"),
):
    try:
        call()
    except Exception as e:
        print(type(e).__name__, e)

os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
for text in ("2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-07-01T12:00:00"):
    for fold in (0, 1):
        local = datetime.datetime.fromisoformat(text).replace(fold=fold)
        print(text, fold, local.timestamp(), local.astimezone(datetime.timezone.utc), local.astimezone())


def unbound():
    try:
        del value
    except UnboundLocalError as e:
        print(e, e.name)
    value = 1


unbound()
