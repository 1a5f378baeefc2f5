"""``imagebuilder-mock lifecycle preview``: what a policy would do to a captured account."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.mock import ImageBuilderMock
from imagebuilder_mock.testing.lifecycle import PolicyRefusedError, parse_policy
from imagebuilder_mock.world.saved.files import FORMAT, parsed_json
from imagebuilder_mock.world.settings import OPTIONS

from .check.checking import check_document
from .options import explained
from .patience import patience
from .surroundings import world_of

if TYPE_CHECKING:
    import argparse

    from imagebuilder_mock.testing.pages.preview import Preview

_ACTIONS = ("DELETE", "DISABLE", "DEPRECATE")
_FATE_IS_MET = 3


def add_to(lifecycle: argparse.ArgumentParser) -> None:
    """Add the command ``preview`` to the parser of ``lifecycle``."""
    actions = lifecycle.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "preview", help="print what a policy would do to the images of a state file"
    )
    parser.add_argument(
        "state",
        type=Path,
        metavar="STATE.json",
        help="the state, as capture or mock.save() wrote it",
    )
    parser.add_argument(
        "policy",
        metavar="POLICY.json",
        help="the input of CreateLifecyclePolicy, or the ARN of a policy that is in the state",
    )
    parser.add_argument(
        "--at",
        type=explained(OPTIONS["now"].read),
        metavar="TIME",
        help="when the first run is (default: now)",
    )
    parser.add_argument(
        "--runs",
        type=explained(_runs),
        default=1,
        metavar="N|settled",
        help="N daily runs, or runs at that moment until one changes nothing (default: 1)",
    )
    parser.add_argument("--region", help="the Region (default: the only one in use)")
    parser.add_argument("--account-id", help="the account (default: the state's)")
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="also write the preview as a page"
    )
    parser.add_argument("--json", action="store_true", help="print the preview as JSON")
    parser.add_argument(
        "--fail-on",
        type=explained(_fates),
        default=frozenset(),
        metavar="FATE,...",
        help=f"exit with {_FATE_IS_MET} if an image would get one of these: {', '.join(_ACTIONS)}",
    )
    parser.set_defaults(command=run)


def run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Print the preview; nothing is changed. Returns the exit status."""
    try:
        policy = given.policy if given.policy.startswith("arn:") else _policy_in(given.policy)
        with patience(f"looking at {given.state}"), ImageBuilderMock(state=given.state) as mock:
            if not isinstance(policy, str):  # an ARN names them
                _check_place(mock, given)
            table = mock.lifecycle.preview(
                policy,
                at=given.at,
                runs=given.runs,
                region=given.region,
                account_id=given.account_id,
            )
            shown = _as_json(table) if given.json else str(table)
            page = None if given.html is None else table.save_html(given.html)
    except (OSError, ValueError, LookupError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    print(shown)
    if page is not None:
        print(page, file=sys.stderr)
    met = {row["image"]: row["fate"] for row in table.rows if row["fate"] in given.fail_on}
    if not met:
        return 0
    fates = " or ".join(sorted(set(met.values())))
    print(f"{parser.prog}: {len(met):,} image(s) would get {fates}.", file=sys.stderr)
    return _FATE_IS_MET


def _check_place(mock: ImageBuilderMock, given: argparse.Namespace) -> None:
    """LookupError unless the options say of which Region and account, and the state has those."""
    stores = world_of(mock).state.stores.items()
    places = [place for place, store in stores if any(store)]
    held = ", ".join(sorted(f"{region} ({account})" for account, region in places))
    if given.region is None and len({region for _, region in places}) > 1:
        msg = f"Give --region: {given.state} has resources in {held}."
        raise LookupError(msg)
    is_named = given.region is not None or given.account_id is not None
    if is_named and not mock.resources(region=given.region, account_id=given.account_id):
        named = " ".join(filter(None, (given.region, given.account_id)))
        msg = f"{given.state} has nothing in {named}. It has resources in {held or 'no Region'}."
        raise LookupError(msg)


def _policy_in(path: str) -> Any:
    """The policy of a file; ValueError if it is none, with the place of what is wrong."""
    content = Path(path).read_bytes()
    policy: Any = parsed_json(content, path)
    if isinstance(policy, dict) and policy.get("format") == FORMAT:
        msg = f"{path} is a state file. Give the state first, and then the policy."
        raise ValueError(msg)
    try:
        parse_policy(policy)
    except PolicyRefusedError as error:
        problems = check_document(content.decode(), "lifecycle-policy")
        # With the place in the file, and what may have been meant.
        said = (f"{path}:{each}" for each in problems if each.message.startswith(str(error)))
        raise ValueError(next(said, f"{path}: {error}")) from None
    return policy


def _as_json(table: Preview) -> str:
    return json.dumps(table.data(), indent=2, default=datetime.isoformat)


def _runs(text: str) -> int | str:
    if text == "settled":
        return text
    try:
        return int(text)
    except ValueError:
        msg = f"{text!r} is neither a number of runs nor 'settled'"
        raise ValueError(msg) from None


def _fates(text: str) -> frozenset[str]:
    fates = frozenset(text.upper().split(","))
    for each in fates:
        if each not in _ACTIONS:
            msg = f"{each!r} is none of {', '.join(_ACTIONS)}"
            raise ValueError(msg)
    return fates
