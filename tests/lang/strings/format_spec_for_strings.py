for spec in ("", "10", "<10", ">10", "^10", "*^11", ".2", "10.2", "é<6", "010", "s", "10s"):
    print(repr(spec), repr(format("abc", spec)))
for spec in ("d", "+", " ", "#", ",", "=10", "_", "z", ".", "10.x", "<<<"):
    try:
        print(repr(spec), repr(format("abc", spec)))
    except ValueError as e:
        print(repr(spec), e)
for value in (None, [], object, {}):
    print(format(value, "") != "")
    try:
        format(value, "5")
    except TypeError as e:
        print(e)
