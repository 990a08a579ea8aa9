"""The multi-byte encodings of East Asia: round trips, errors, incremental codecs, streams."""

import codecs
import io

samples = {
    "gb2312": "中文", "gbk": "中文漢字", "gb18030": "中文漢字😀", "hz": "a中文~", "big5": "中文字", "cp950": "中文字", "big5hkscs": "中文㗎",
    "shift_jis": "日本語ｶﾅ", "cp932": "日本語①", "euc_jp": "日本語ｶﾅ", "iso2022_jp": "日本a語", "iso2022_jp_2": "日本한", "euc_jis_2004": "か゚日",
    "euc_kr": "한글갂", "cp949": "한글갂", "johab": "한글", "iso2022_kr": "한a\n글",
}
for name, text in samples.items():
    data = text.encode(name)
    decoder = codecs.getincrementaldecoder(name)()
    pieces = [decoder.decode(data[i : i + 1]) for i in range(len(data))] + [decoder.decode(b"", True)]
    encoder = codecs.getincrementalencoder(name)()
    joined = b"".join(encoder.encode(c) for c in text) + encoder.encode("", True)
    print(name, data, data.decode(name) == text, "".join(pieces) == text, joined == data)
    reader = codecs.getreader(name)(io.BytesIO(data * 3))
    print(reader.read(2) + reader.read() == text * 3)

for name, data in [("gbk", b"a\x81"), ("gbk", b"\xff\xff"), ("iso2022_jp", b"\x1b$Ba"), ("euc_jp", b"\x8f\xa1"), ("hz", b"~x")]:
    try:
        data.decode(name)
    except UnicodeDecodeError as error:
        print(error, error.start, error.end, ascii(data.decode(name, "replace")), ascii(data.decode(name, "ignore")))
for handler in "strict", "replace", "ignore", "backslashreplace", "xmlcharrefreplace":
    try:
        print("aé日".encode("big5", handler))
    except UnicodeEncodeError as error:
        print(error)
try:
    import _codecs_cn
    _codecs_cn.getcodec("big5")
except LookupError as error:
    print(error)
