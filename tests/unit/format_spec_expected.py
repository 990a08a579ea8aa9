"""Writes the table of format_spec_test.cpp: a value, a specifier, and what CPython 3.14 makes of them."""

CASES = {
    "i1234567": ",_ _, ,x _x _b _o _c ,c +c #c .3 .3d z zd s x #x #X 020, 0>20, <020, ^#20_x n ,n € 10€ é 99999999999999999999d"
                " .99999999999999999999d .3, ., ._d .,d =10 010_x #010_x +010,d 0x 0=5 x<5 5 05 <05 ,s ss \x01 ,\x01 ._n .,x"
                " ٣d ٣٠",
    "i-1234": "=+10 =+, +012, 012, 011, 010, 09, 06, 05, #010x #_x _^#12_x _<12 e>9 +x 020_x 020_b",
    "i65": "5c <5c 05c ^5c 5 n .1c -c",
    "i0": "d _b x #b + 05 =5",
    "f1234567.1234567": ",_ _, ,, __ ,d .3,f .,f ._f ., .3,_f .3_,f .3,,f .3__f .10,f _.10_f 020,.10,f .f . .,_f .10,e .10_g"
                        " .10,% .5,n ,n _n .10_n .3_d .,d .10, .10_r ._ .20_f 010.3,f 030.10_f 030,.10_f z zf z.1f -z#f",
    "f0.1": ".20,f _.20,f .0f .3 .3g #.3g % .1%",
    "f1234.5": "=+10 =+, +012,.1f 012, 011, 010, 09, ^20 <20 >20, _ e E g G n .2n +_% #.0f #.0e .2147483647f",
    "f-0.0001": "z.1f +z.1f z zg z% .1f z=+010.1f",
    "fnan": "010 + 010, , F z % >010 010.3,f",
    "f-inf": "010 =10 %",
    "f1e22": ".3 # #.3 g #g d s .1f ,",
    "c1.5,2.5": ".2f >20 020 =20 0=20 <020 , .3,f e % d n x z.1f + # _.3 .20_f . .3 10 - _^30.2f ^40,.2f",
    "c-0.0,1e20": "n ,.2f z z.0f <30",
    "c0.0,1.0": "5 .1f + n",
    "cnan,inf": "f F >20",
    "sabc": "5 05 =5 <05 =05 x=5 >05 + - z # #5 .2 , _ .2, ., s d .2s é>7 05s ^05 .1_s ,s _s 10.2,s .,n ,d _\x01",
}


def main() -> None:
    for key, specs in CASES.items():
        kind, text = key[0], key[1:]
        value = {"i": lambda: int(text), "f": lambda: float(text), "s": lambda: text,
                 "c": lambda: complex(*map(float, text.split(",")))}
        for spec in specs.split(" "):
            try:
                result = "=" + format(value[kind](), spec)
            except ValueError as error:
                result = "!" + str(error)
            quote = lambda s: '"' + "".join(
                c if " " <= c < "\x7f" and c not in '"\\' else "".join(f"\\{b:03o}" for b in c.encode()) for c in s) + '"'
            print(f'    {{"{key}", {quote(spec)}, {quote(result)}}},')


if __name__ == "__main__":
    main()
