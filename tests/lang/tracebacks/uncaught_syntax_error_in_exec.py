# exit: 1
source = "x = 1\nif x\n    pass\n"
exec(source)
