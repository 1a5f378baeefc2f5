"""``python -m imagebuilder_mock``, and ``imagebuilder-mock``: the command line."""

import signal
import sys


def main() -> int:
    """Run the command line; Ctrl-C while it is loaded is no traceback."""
    handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .cli.command_line import main as command_line  # noqa: PLC0415 - it takes its time

    signal.signal(signal.SIGINT, handler)
    return command_line()


if __name__ == "__main__":
    sys.exit(main())
