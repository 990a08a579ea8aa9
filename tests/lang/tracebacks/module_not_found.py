# exit: 1
print("start")
import no_such_module_anywhere
