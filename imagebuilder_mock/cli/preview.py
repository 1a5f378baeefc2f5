"""``imagebuilder-mock lifecycle preview``: what a policy would do to a captured account."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.mock import ImageBuilderMock

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime


def add_to(commands: Any, *, moment: Callable[[str], datetime]) -> None:
    """Add the command to a parser's subcommands; ``moment`` reads a time."""
    lifecycle = commands.add_parser("lifecycle", help="look ahead at lifecycle policies")
    actions = lifecycle.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "preview", help="print what a policy would do to the images of a state file"
    )
    parser.add_argument("state", type=Path, metavar="STATE.json", help="what capture has written")
    parser.add_argument(
        "policy",
        metavar="POLICY.json",
        help="the input of CreateLifecyclePolicy, or the ARN of a policy that is in the state",
    )
    parser.add_argument("--at", type=moment, metavar="TIME", help="when (default: now)")
    parser.add_argument("--region", help="the Region (default: the only one in use)")
    parser.add_argument("--account-id", help="the account (default: the state's)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write it as a page too")
    parser.set_defaults(command=run)


def run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Print the preview; nothing is changed. Returns the exit status."""
    policy: Any = given.policy
    try:
        if not given.policy.startswith("arn:"):
            policy = json.loads(Path(given.policy).read_text(encoding="utf-8"))
        with ImageBuilderMock(state=given.state) as mock:
            table = mock.lifecycle.preview(
                policy, at=given.at, region=given.region, account_id=given.account_id
            )
            print(table)
            if given.html is not None:
                print(table.save_html(given.html), file=sys.stderr)
    except (OSError, ValueError, LookupError) as error:
        parser.exit(1, f"{parser.prog} lifecycle preview: {error}\n")
    return 0
