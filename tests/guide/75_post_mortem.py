# stdin: w\np data\nu\np item\nd\nq\n
import pdb
import sys
import traceback


def load_data():
    return [3, 2, 0]


def process(data):
    return [invert(item) for item in data]


def invert(item):
    return 6 // item


def buggy_function():
    data = load_data()
    result = process(data)
    return result


try:
    buggy_function()
except Exception as e:
    frames = traceback.extract_tb(e.__traceback__)
    print([(f.name, f.line) for f in frames])
    tb = e.__traceback__
    while tb.tb_next:
        tb = tb.tb_next
    print(tb.tb_frame.f_locals, tb.tb_frame.f_back.f_locals["data"])
    pdb.post_mortem()
print("after", sys.exception())
