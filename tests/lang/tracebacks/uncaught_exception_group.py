# exit: 1
def fail(kind, text):
    raise kind(text)


errors = []
for kind in (ValueError, TypeError):
    try:
        fail(kind, f"bad {kind.__name__}")
    except Exception as e:
        errors.append(e)
nested = ExceptionGroup("nested", [errors[1], KeyError("plain")])
raise ExceptionGroup("several", [errors[0], nested])
