sources = ["f'{'", "f'}'", "f'{}'", "f'{a'", "f'{a!x}'", "f'{a!}'", "f'{a b}'", "f'{a:{b'", "f'{a:{}}'", "f'{*a}'", "f'{**a}'", "f'{lambda x: 1}'", "f'{a = }'", "f'{a!r:}'", "f'{=}'", "f'{!r}'", "f'{:x}'", "f'{a:{b:{c:{d}}}}'", "f'{a;b}'", "f'{a\\nb}'", "f'{#}'", "f'''{\n#c\na}'''", "f'{yield}'", "f'{a := 5}'", "f'{(a := 5)}'", "f'{a if b}'", "f'{1 +}'", "f'{\"a\"}'", "f'{'a'}'", "f'{f'{f'{1}'}'}'", "f'abc", "fb'x'", "bf'x'", "uf'x'", "ff'x'", "f'{a}' b'x'", "b'x' f'{a}'", "f'{a!r !s}'", "f'{a! r}'", "f'{a:!}'", "f'{a}}'", "f'{{a}'", "f'{a[}'", "f'{a(}'", "f'{)}'", "f'{a:{b}c}'", "rf'\\{a}'", "f'\\N{BULLET}{a}'", "f'\\N{nope}'", "f'{a.1}'", "f'{for}'", "f'{print 1}'", "f'{not}'", "t'{'", "t'{}'", "t'{a' ", "t'}'", "tb'x'", "tf'x'", "t'a' 'b'", "'a' t'b'", "t'a' t'{b}'", "t'{a!x}'", "t'{lambda x: 1}'", "f'{a}' t'{b}'", "t'{a = }'", "rt'\\n{a}'", "t'{a:{b}}'", "ut'x'", "b't' t'x'"]
for s in sources:
    try:
        compile(s, "s", "eval")
        print("OK  ", repr(s))
    except SyntaxError as e:
        print(repr(s), "|", e.msg, "|", e.lineno, e.offset)
