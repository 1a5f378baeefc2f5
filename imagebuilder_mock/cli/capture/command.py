"""``imagebuilder-mock capture``: the account of the caller's credentials into a state file."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from imagebuilder_mock.world.saved.files import state_lines, write_state
from imagebuilder_mock.world.settings import check_account_id

from .capturing import capture
from .journal import Journal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

# Waits as the service asks for, and gives up only after many attempts.
_PATIENT = Config(retries={"mode": "adaptive", "total_max_attempts": 12})

_INTERRUPTED = 130  # what a shell reports of a program that Ctrl-C has ended


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to its parser, and what runs it."""
    parser.add_argument("--region", required=True, help="the Region to read")
    parser.add_argument("--profile", help="the profile of the AWS configuration")
    parser.add_argument("--endpoint-url", help="an endpoint other than AWS's")
    parser.add_argument(
        "--output", metavar="FILE", help="where to write (default: standard output)"
    )
    parser.add_argument(
        "--journal",
        metavar="FILE",
        help="keep what has been read here; after an interruption, the same command continues",
    )
    parser.add_argument(
        "--amis",
        action="store_true",
        help="have EC2 describe the AMIs too, for the exclusions of lifecycle policies",
    )
    parser.add_argument(
        "--account-mask",
        metavar="ID",
        help="12 digits that replace the account's id; other ids are replaced too",
    )
    parser.add_argument(
        "--mask-names", action="store_true", help="replace the names of resources by numbers"
    )
    parser.set_defaults(command=run)


def run(_: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Capture the account. Returns the exit status: 1 if it could not be read."""
    import boto3

    has_read = False
    try:
        _check(given)
        session = boto3.Session(profile_name=given.profile)
        client = session.client(
            "imagebuilder",
            region_name=given.region,
            endpoint_url=given.endpoint_url,
            config=_PATIENT,
        )
        with _progress() as progress, Journal(given.journal) as journal:
            has_read = True
            captured = capture(
                client,
                journal,
                account_mask=given.account_mask,
                mask_names=given.mask_names,
                ec2_in=partial(session.client, "ec2", config=_PATIENT) if given.amis else None,
                progress=progress,
            )
        if given.output is None:
            sys.stdout.writelines(state_lines(captured.state))
        else:
            write_state(captured.state, given.output)
        journal.remove()
    except (BotoCoreError, ClientError, ValueError, OSError, KeyboardInterrupt) as error:
        is_stopped = isinstance(error, KeyboardInterrupt)
        told = "interrupted" if is_stopped else error
        print(f"imagebuilder-mock capture: {told}", file=sys.stderr)
        if has_read and given.journal is not None:
            print(f"What was read is in {given.journal}: run it again to go on.", file=sys.stderr)
        return _INTERRUPTED if is_stopped else 1
    for arn, reason in captured.left_out.items():
        print(f"left out: {arn}: {reason}", file=sys.stderr)
    counts = ", ".join(f"{count:,} {cls}" for cls, count in sorted(captured.counts.items()))
    print(f"captured: {counts or 'nothing is there'}", file=sys.stderr)
    return 0


def _check(given: argparse.Namespace) -> None:
    """ValueError if an option cannot be met: better said before the account is read."""
    if given.account_mask is not None:
        check_account_id(given.account_mask, "--account-mask ")
    if given.output is not None and not os.access(Path(given.output).parent, os.W_OK):
        msg = (
            f"The state cannot be written to {given.output}: there is no such folder, or it is "
            "not for writing."
        )
        raise ValueError(msg)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar, on a terminal with the extra ``capture`` installed."""
    if not sys.stderr.isatty():
        yield None
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        yield None
        return
    tasks: dict[str, Any] = {}
    with Progress(console=Console(stderr=True)) as bars:

        def show(cls: str, done: int, count: int) -> None:
            if cls not in tasks:
                tasks[cls] = bars.add_task(cls, total=count)
            bars.update(tasks[cls], completed=done)

        yield show
