"""``imagebuilder-mock verify``: the claims put to an account, or to a service on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import OFFERS, option_of

if TYPE_CHECKING:
    import argparse


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser, and what runs it."""
    parser.add_argument("--region", help="the Region (default: that of the configuration)")
    parser.add_argument("--profile", help="the profile of the AWS configuration")
    parser.add_argument("--endpoint-url", help="an endpoint other than AWS's")
    for word, (metavar, what) in OFFERS.items():
        parser.add_argument(option_of(word), metavar=metavar, help=f"{what} that claims may use")
    parser.add_argument(
        "--only",
        action="append",
        metavar="PATTERN",
        help="only claims with these ids, such as 'lists.*'; can be repeated",
    )
    parser.add_argument("--plan", action="store_true", help="show what would be asked, and stop")
    parser.add_argument("--yes", action="store_true", help="begin without asking")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON")
    parser.set_defaults(command=run)


def run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Returns the exit status: 0 same, 1 differs, 2 could not be asked."""
    # The other commands do without the claims.
    from .dialogue import verify

    return verify(parser, given)
