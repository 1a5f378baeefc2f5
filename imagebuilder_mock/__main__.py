"""``python -m imagebuilder_mock``, and ``imagebuilder-mock``: the command line."""

import sys

from .cli.ending import quiet_interrupts


def main() -> int:
    """Run the command line; Ctrl-C while it is loaded is no traceback."""
    with quiet_interrupts():
        from .cli.command_line import main as command_line  # noqa: PLC0415 - it takes its time

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
