"""The command line: arguments in, one step, a rendering out.

Exit codes: 0 clean; 1 a rule is broken; 2 wrong usage; 3 an input cannot be
read or a package cannot be made; 70 a bug in the builder; 130 interrupted; 141
the reader of standard output has gone.
"""

import gc
import sys


def main() -> None:
    """Run the command line and exit."""
    try:
        # Slow to import, and an interrupt may come while it is.
        from builder.cli.group import exit_code

        collect_seldom()
        code = exit_code()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def collect_seldom() -> None:
    """Look for circles of garbage less often than Python does by itself.

    What is read is held as values in their hundred thousands that form no
    circles; to look through all of them again and again is a tenth of the
    time of a large package.  What is new is looked through all the same.
    """
    gc.set_threshold(200_000, 100, 100)
