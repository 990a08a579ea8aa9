# exit: 1
import _raises_on_import
