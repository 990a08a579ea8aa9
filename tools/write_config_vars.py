"""Build tool: what sysconfig.get_config_vars() knows, as the JSON file that an installation has beside its modules.

    taipan write_config_vars.py OUT.json
"""

import json
import sys
import sysconfig


def main(path: str) -> None:
    variables = sysconfig.get_config_vars()
    variables.pop("userbase", None)  # of whoever builds
    with open(path, "w") as file:
        json.dump(variables, file, indent=2)


main(sys.argv[1])
