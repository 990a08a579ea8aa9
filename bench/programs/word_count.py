"""Reading text, counting words, grouping anagrams: a typical script."""

import collections
import io
import random


def main():
    rng = random.Random(11)
    vocabulary = ["".join(rng.choices("abcdefghij", k=rng.randint(2, 6))) for _ in range(3_000)]
    text = "\n".join(" ".join(rng.choices(vocabulary, k=10)) for _ in range(9_000))
    counts = collections.Counter()
    longest = 0
    for line in io.StringIO(text):
        words = line.strip().lower().split()
        counts.update(words)
        longest = max(longest, len(line))
    groups = collections.defaultdict(list)
    for word in counts:
        groups["".join(sorted(word))].append(word)
    index = {}
    for number, line in enumerate(text.splitlines()):
        for word in line.split(" "):
            index.setdefault(word, []).append(number)
    assert sum(counts.values()) == 90_000 == sum(map(len, index.values()))
    assert (
        counts.most_common(1)[0][1] == max(counts.values())
        and sum(map(len, groups.values())) == len(counts)
        and longest > 30
    )


for _ in range(3):
    main()
