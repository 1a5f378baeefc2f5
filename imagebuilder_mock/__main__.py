"""``python -m imagebuilder_mock``, and ``imagebuilder-mock``: the command line."""

import signal
import sys
from contextlib import nullcontext


def main() -> int:
    """Run the command line; Ctrl-C while it is loaded is no traceback."""
    handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .cli.command_line import main as command_line  # noqa: PLC0415 - it takes its time
    from .cli.ending import quiet_pipe  # noqa: PLC0415

    signal.signal(signal.SIGINT, handler)
    # A program of the user sees a closed pipe as it always does.
    with nullcontext() if sys.argv[1:2] == ["run"] else quiet_pipe():
        return command_line()


if __name__ == "__main__":
    sys.exit(main())
