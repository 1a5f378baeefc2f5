"""Run all measurements, or those that are named: ``python -m benchmarks calls scaling``."""

from __future__ import annotations

import os
import sys

from . import (
    builds,
    calls,
    checking,
    imports,
    lifecycle,
    peers,
    scaling,
    serving,
    starting,
    switching,
)

_ALL = {
    "builds": builds.run,
    "calls": calls.run,
    "checking": checking.run,
    "starting": starting.run,
    "switching": switching.run,
    "imports": imports.run,
    "peers": peers.run,
    "scaling": scaling.run,
    "serving": serving.run,
    "lifecycle": lifecycle.run,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in _ALL]
    if unknown:
        print(f"no measurement {', '.join(unknown)}; there are: {', '.join(_ALL)}")
        return 2
    # Fresh interpreters are to find bytecode, as they do where programs are run twice.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for name, run in _ALL.items():
        if not names or name in names:
            run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
