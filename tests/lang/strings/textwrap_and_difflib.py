import difflib
import textwrap

text = "The quick brown fox jumped over the lazy dog, and then it took a long nap under the old oak tree."
print(textwrap.fill(text, 30), textwrap.shorten(text, 40), textwrap.wrap(text, 20)[:3], sep="\n")
print(
    textwrap.dedent("""\
    a
      b
    c"""),
    textwrap.indent("x\n\ny", "> "),
    sep="\n",
)
print("\n".join(difflib.unified_diff(["a", "b", "c"], ["a", "x", "c"], "old", "new", lineterm="")))
print(
    difflib.get_close_matches("appel", ["ape", "apple", "peach"]),
    round(difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), 3),
)
print("\n".join(difflib.ndiff(["one", "two"], ["one", "tow"])))
