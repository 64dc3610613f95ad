"""twine, with the arguments of its command line, at an index that it takes for PyPI.

Of its own accord twine asks for an identity token at PyPI's two addresses alone. Everything after that question is
left as it is.
"""

import sys

from twine import auth
from twine.__main__ import main

auth.Resolver.is_pypi = lambda self: True

if __name__ == "__main__":
    sys.exit(main())
