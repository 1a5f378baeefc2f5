"""``imagebuilder-mock lifecycle preview``: what a policy would do to a captured account."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.testing.lifecycle import PolicyRefusedError

from .check.checking import check_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagebuilder_mock.testing.pages.preview import Preview

_ACTIONS = ("DELETE", "DISABLE", "DEPRECATE")
_FATE_IS_MET = 3


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
    parser.add_argument(
        "--at", type=moment, metavar="TIME", help="when the first run is (default: now)"
    )
    parser.add_argument(
        "--runs",
        type=_runs,
        default=1,
        metavar="N|settled",
        help="N daily runs, or runs at that moment until one changes nothing (default: 1)",
    )
    parser.add_argument("--region", help="the Region (default: the only one in use)")
    parser.add_argument("--account-id", help="the account (default: the state's)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write it as a page too")
    parser.add_argument("--json", action="store_true", help="print the preview as JSON")
    parser.add_argument(
        "--fail-on",
        type=_fates,
        default=frozenset(),
        metavar="FATE,...",
        help=f"exit with {_FATE_IS_MET} if an image would get one of these: {', '.join(_ACTIONS)}",
    )
    parser.set_defaults(command=run)


def run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Print the preview; nothing is changed. Returns the exit status."""
    program = f"{parser.prog} lifecycle preview"
    text: str | None = None
    try:
        if not given.policy.startswith("arn:"):
            text = Path(given.policy).read_text(encoding="utf-8")
        policy: Any = given.policy if text is None else json.loads(text)
        with ImageBuilderMock(state=given.state) as mock:
            table = mock.lifecycle.preview(
                policy,
                at=given.at,
                runs=given.runs,
                region=given.region,
                account_id=given.account_id,
            )
        print(_as_json(table) if given.json else table)
        if given.html is not None:
            print(table.save_html(given.html), file=sys.stderr)
    except json.JSONDecodeError as error:
        place = f"{given.policy}:{error.lineno}:{error.colno}"
        parser.exit(1, f"{program}: {place}: no JSON: {error.msg}\n")
    except (UnicodeDecodeError, RecursionError) as error:
        parser.exit(1, f"{program}: {given.policy}: no JSON: {error}\n")
    except PolicyRefusedError as error:
        parser.exit(1, f"{program}: {_with_place(given.policy, text or '', str(error))}\n")
    except (OSError, ValueError, LookupError) as error:
        parser.exit(1, f"{program}: {error}\n")
    met = {row["image"]: row["fate"] for row in table.rows if row["fate"] in given.fail_on}
    if not met:
        return 0
    fates = " or ".join(sorted(set(met.values())))
    print(f"{program}: {len(met):,} image(s) would get {fates}.", file=sys.stderr)
    return _FATE_IS_MET


def _with_place(path: str, text: str, message: str) -> str:
    """What is wrong with a policy: where in its file, and what may have been meant."""
    for problem in check_document(text, "lifecycle-policy"):
        if problem.message.startswith(message):
            return f"{path}:{problem.line}:{problem.column}: {problem.message}"
    return f"{path}: {message}"


def _as_json(table: Preview) -> str:
    return json.dumps(table.data(), indent=2, default=datetime.isoformat)


def _runs(text: str) -> int | str:
    if text == "settled":
        return text
    try:
        return int(text)
    except ValueError:
        msg = f"{text!r} is neither a number of runs nor 'settled'"
        raise argparse.ArgumentTypeError(msg) from None


def _fates(text: str) -> frozenset[str]:
    fates = frozenset(text.upper().split(","))
    for each in fates:
        if each not in _ACTIONS:
            msg = f"{each!r} is none of {', '.join(_ACTIONS)}"
            raise argparse.ArgumentTypeError(msg)
    return fates
