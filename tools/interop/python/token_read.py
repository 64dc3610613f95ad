"""Reads an API token with pypitoken, and restricts it if asked to.

The token is in RIND_TOKEN; RIND_RESTRICT has the parameters of `Token.restrict` in JSON, `{}` for none. Prints one
JSON object: the restrictions as the library read them, or the name of the error that it raised at them; and the token
as it writes it.
"""

import json
import os
import sys

from pypitoken import LoaderError, Token


def main() -> int:
    token = Token.load(os.environ["RIND_TOKEN"])
    restrict = json.loads(os.environ["RIND_RESTRICT"])
    if restrict:
        token.restrict(**restrict)
    answer = {"restrictions": None, "error": None, "dump": token.dump()}
    try:
        answer["restrictions"] = [restriction.dump() for restriction in token.restrictions]
    except LoaderError as error:
        answer["error"] = type(error).__name__
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
