import sys

print(sys.get_int_max_str_digits(), sys.int_info.default_max_str_digits, sys.int_info.str_digits_check_threshold)
print(sys.int_info.bits_per_digit, sys.int_info.sizeof_digit)
for action in (
    lambda: str(10**4300),
    lambda: int("1" * 4301),
    lambda: f"{10**5000}",
    lambda: repr(-(10**4300)),
    lambda: "%d" % 10**4300,
):
    try:
        print(len(action()))
    except ValueError as e:
        print(e)
print(len(str(10**4299)), len(hex(10**9000)), len(bin(1 << 9000)))
sys.set_int_max_str_digits(640)
try:
    str(10**640)
except ValueError as e:
    print(e)
for bad in (1, 639, -1):
    try:
        sys.set_int_max_str_digits(bad)
    except ValueError as e:
        print(e)
sys.set_int_max_str_digits(0)
print(len(str(3**20000)), int("7" * 10000) % 1000)
