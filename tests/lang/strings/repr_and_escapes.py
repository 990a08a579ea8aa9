for s in ("plain", "it's", 'say "hi"', "both ' and \"", "tab\tnew\nret\r", "\\", "\x00\x7f\x80\xa0\xad", "é\u0300", "\u200b\u2028", "\ud800", "😀", "\U000e0001", "\u3000"):
    print(repr(s).encode("utf-8", "backslashreplace").decode(), ascii(s))
print("\N{BULLET} \x41 \u0042 \U00000043 \101 \7".encode("unicode_escape"), r"raw\n\'", "a" "b" 'c', """tri
ple""", "line\
 continued")
for source in (r"'\x4'", r"'\u12'", r"'\U00110000'", r"'\N{NO SUCH NAME}'", r"'\N'", r"b'\x4'", "'abc", "'''abc", r"b'é'", r"'\u{12}'"):
    try:
        eval(source)
    except SyntaxError as e:
        print(source, "|", e.msg)
