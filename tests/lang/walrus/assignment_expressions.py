if (n := len("abc")) > 2:
    print(n)
while (line := [3, 2, 1, 0][n := n - 1]) if n > 0 else None:
    print(line, n)
print((a := 1, b := 2), a, b, [c := 5, c + 1], f"{(d := 7)} {d}", (e := (f := 3) + 1), e, f)
print(any((hit := v) > 2 for v in [1, 2, 3, 4]), hit)
def g(x=(y := 10)): return x
print(g(), y, (lambda: (z := 5) + z)())
x = (y := 1, 2)
print(x, y)
data = {"k": (v := 3), v: v}
print(data, not (q := 0), q)
for source in ("x := 1", "f(a := 1, b=(c := 2))", "f(a=b := 1)", "(a.b := 1)", "(a[0] := 1)", "((a, b) := 1)", "lambda: x := 1", "[i := 0 for i in x]", "class A: [(z := i) for i in x]", "def f(x: (y := 1)): pass", "(x := 1) = 2", "del (x := 1)", "x = y := 1", "assert (x := 1)", "(not := 1)", "(True := 1)", "{a := 1: 2}", "a[b := 1]", "a[b := 1, c := 2]", "{(a := 1): 2}", "{a := 1, 2}"):
    try:
        compile(source, "s", "exec")
        print("fine:", source)
    except SyntaxError as e:
        print(source, "|", e.msg)
