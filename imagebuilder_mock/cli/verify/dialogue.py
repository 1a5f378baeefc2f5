"""What the command says before, while and after it asks."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import datetime, timezone
from fnmatch import fnmatch
from importlib.metadata import version
from ipaddress import ip_address
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, NoRegionError

from imagebuilder_mock.protocol.identity import is_of_aws

from . import OFFERS
from .claims import CLAIMS
from .report import Place, outcome_lines, plan_lines, report_of, summary_lines
from .running import UNREACHABLE, Run
from .service import Service

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from .claim import Claim
    from .running import Outcome

# What is malformed has to reach the service; throttling is waited out.
_CLIENT = Config(parameter_validation=False, retries={"mode": "standard", "total_max_attempts": 6})
_ONE_TRY = Config(retries={"total_max_attempts": 1})
_COULD_NOT_BE_ASKED = 2


def verify(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Returns the exit status: 0 same, 1 differs, 2 could not be asked."""
    claims = [claim for claim in CLAIMS if _is_chosen(claim, given.only)]
    if not claims:
        parser.error(f"no claim has an id like {', '.join(given.only)}")
    if given.report is not None and not os.access(given.report.absolute().parent, os.W_OK):
        parser.error(f"the report cannot be written to {given.report}")
    began = datetime.now(timezone.utc)
    try:
        client, identity = _client(given)
    except (*UNREACHABLE, ClientError, ValueError) as error:
        hint = " Name it with --region." if isinstance(error, NoRegionError) else ""
        print(f"imagebuilder-mock verify: {error}{hint}", file=sys.stderr)
        return _COULD_NOT_BE_ASKED
    host = urlsplit(client.meta.endpoint_url).hostname or ""
    place = Place(
        region=client.meta.region_name,
        account=identity.get("account"),
        endpoint=None if is_of_aws(host) else client.meta.endpoint_url,
        run=f"verify-{token_hex(4)}",
        options={word: value for word in OFFERS if (value := getattr(given, word))},
    )
    for line in plan_lines(claims, place):
        print(line)
    if given.plan:
        return 0
    is_local = _is_this_machine(host)
    if not (given.yes or is_local or _is_wanted(parser)):
        return _COULD_NOT_BE_ASKED
    service = Service(client, run=place.run, account=place.account, is_local=is_local)
    progress = _Progress(len(claims))
    run = Run(service, region=place.region, options={**place.options, **identity})
    result = run.through(claims, progress.tell)
    progress.clear()
    for line in summary_lines(result):
        print(line)
    if given.report is not None:
        report = report_of(
            result,
            replace(place, account=service.account),
            version=version("imagebuilder-mock"),
            began=began,
            ended=datetime.now(timezone.utc),
        )
        given.report.write_text(
            json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        print(f"report: {given.report}")
    return result.exit_code


def _is_chosen(claim: Claim, patterns: Sequence[str] | None) -> bool:
    return patterns is None or any(fnmatch(claim.id, pattern) for pattern in patterns)


def _client(given: argparse.Namespace) -> tuple[Any, dict[str, str]]:
    """Image Builder's client, and the account and partition where STS tells them."""
    session = boto3.Session(profile_name=given.profile, region_name=given.region)
    client = session.client("imagebuilder", endpoint_url=given.endpoint_url, config=_CLIENT)
    config = _CLIENT if given.endpoint_url is None else _ONE_TRY
    sts = session.client("sts", endpoint_url=given.endpoint_url, config=config)
    try:
        caller = sts.get_caller_identity()
    except (*UNREACHABLE, ClientError):
        # An endpoint that is Image Builder alone; then the first resource tells.
        if given.endpoint_url is None:
            raise
        return client, {}
    return client, {"account": caller["Account"], "partition": caller["Arn"].split(":")[1]}


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_wanted(parser: argparse.ArgumentParser) -> bool:
    if not sys.stdin.isatty():
        parser.error("verify makes resources and deletes them again: say --yes to begin")
    try:
        return input("Begin? [y/N] ").strip().lower() in {"y", "yes"}
    except (EOFError, KeyboardInterrupt):
        print()
        return False


class _Progress:
    """Shows what is not the same as it is found, and on a terminal how far the run is."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._done = 0
        self._is_watched = sys.stdout.isatty()

    def tell(self, outcome: Outcome) -> None:
        self._done += 1
        lines = list(outcome_lines(outcome))
        if lines:
            self.clear()
            print("\n".join(lines))
        if self._is_watched:
            print(f"\r{self._done}/{self._count} {outcome.claim.id:60.60}", end="", flush=True)

    def clear(self) -> None:
        if self._is_watched:
            print(f"\r{'':75}\r", end="")
