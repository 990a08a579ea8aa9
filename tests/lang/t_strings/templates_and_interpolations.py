from string.templatelib import Interpolation, Template, convert
name, n = "ann", 3.14159
t = t"Hi {name!r:>10} and {n:.{2}f}{n}!"
print(type(t), t.strings, t.values, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations])
print(list(t), repr(t), t + t"x" == 5, (t"a{1}" + t"b{2}").strings, t"".strings, t"only".interpolations, list(t"{1}{2}"))
def render(t):
    out = []
    for part in t:
        if isinstance(part, Interpolation): out.append(format(convert(part.value, part.conversion), part.format_spec))
        else: out.append(part)
    return "".join(out)
print(render(t), render(t"{name=} {name!s:^7}|{n = :.1f}"))
print(t"{name = }".strings, t"{name=}".interpolations[0].conversion, t"{ name }".interpolations[0].expression, t"{'nested ' + f'{n:.1f}'}".values, t"{t'{n}'}".values[0].strings)
i = Interpolation("v", "expr", "r", "spec")
print(i, i.value, Interpolation(1), Template("a", i, "b").strings, Template(i, i).strings, Template("a", "b").strings, Template())
match t"{5:x}".interpolations[0]:
    case Interpolation(v, e, c, s): print(v, e, c, s)
for bad in ("Interpolation()", "Interpolation(1, conversion='z')", "Template(5)", "t'a' + 'b'", "'a' + t'b'", "Interpolation(1, 2)", "Template(a=1)", "t'{1/0}'", "t.strings = ()", "i.value = 5", "t[0]", "len(t)", "class X(Template): pass", "hash(t) and 0", "str(t) and 0", "t'{name}' 'x'", "convert(1, 'q')"):
    try:
        if " = " in bad or bad.startswith("class"): exec(bad)
        else: print(eval(bad))
    except Exception as e:
        print(bad, "|", type(e).__name__, e)
print(rt"\n{name}".strings, t'''multi
{name}
line'''.strings, (t"a" t"{name}" t"b").strings)
def html(t):
    import html
    return "".join(p if isinstance(p, str) else html.escape(str(p.value)) for p in t)
evil = "<script>"
print(html(t"<p>{evil}</p>"))
