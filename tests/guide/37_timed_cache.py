import collections


class Clock:
    now = 0.0

    def time(self):
        return self.now


time = Clock()


class TimedCache:
    def __init__(self, ttl=60, maxsize=None):
        self.cache = collections.OrderedDict()
        self.ttl, self.maxsize, self.hits, self.misses = ttl, maxsize, 0, 0

    def get(self, key, default=None):
        if key in self.cache:
            value, timestamp = self.cache[key]
            if time.time() - timestamp < self.ttl:
                self.hits += 1
                self.cache.move_to_end(key)
                return value
            del self.cache[key]
        self.misses += 1
        return default

    def set(self, key, value):
        self.cache[key] = (value, time.time())
        self.cache.move_to_end(key)
        if self.maxsize and len(self.cache) > self.maxsize:
            self.cache.popitem(last=False)

    def __len__(self):
        return len(self.cache)

    def __contains__(self, key):
        return self.get(key, self) is not self


cache = TimedCache(ttl=10, maxsize=3)
cache.set("key", "value")
print(cache.get("key"), len(cache))
time.now = 9.5
print(cache.get("key"), "key" in cache)
time.now = 10.0
print(cache.get("key"), cache.get("key", "default"), len(cache))
for i in range(5):
    cache.set(i, i * i)
    time.now += 1
print(list(cache.cache), cache.get(2), list(cache.cache))
cache.set(9, "new")
print(list(cache.cache), cache.hits, cache.misses)
