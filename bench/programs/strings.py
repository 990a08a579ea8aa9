"""String methods: split, join, replace, find, strip, case, format."""


def main():
    text = "The quick brown fox jumps over the lazy dog. " * 40
    total = 0
    for i in range(900):
        words = text.split()
        total += len(words)
        total += len(" ".join(words))
        total += text.count("o") + text.find("lazy") + text.replace("fox", "wolf").rfind("wolf")
        total += len(text.upper()) + len(text.strip(" .")) + text.startswith("The")
    for i in range(250_000):
        s = "item " + str(i)
        total += len(s) + (s[-1] == "7") + len(s.partition(" ")[2])
    assert total == 11_039_480, total


for _ in range(4):
    main()
