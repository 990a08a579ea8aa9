"""A coroutine that nobody awaited is told also when the program ends."""

async def fetch(url):
    return url


kept = fetch("somewhere")
print(type(kept))
