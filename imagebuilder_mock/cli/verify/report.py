"""What came out of a run: as text, and as JSON that can be attached to an issue."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore

from imagebuilder_mock.cli.capture.masking import mapped_texts, masked_accounts

from . import OFFERS, option_of
from .claim import words_of
from .claims.standing import STANDING
from .safety import is_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from .claim import Claim
    from .running import Outcome, Result

_MASK = "000000000000"
# Who called is in the sentences of refusals.
_IDENTITY = re.compile(r"arn:[\w-]+:(?:iam|sts)::[^\s'\",]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run took place, and with what."""

    region: str
    account: str | None
    endpoint: str | None
    run: str
    options: Mapping[str, str]
    """What the caller offers, by the words of the claims."""


def plan_lines(claims: Sequence[Claim], place: Place) -> Iterator[str]:
    """What a run is going to do."""
    lacking = {claim.id: _needed(claim) - place.options.keys() for claim in claims}
    asked = [claim for claim in claims if not lacking[claim.id]]
    calls = [call.operation for claim in asked for call in claim.calls]
    made = sorted({operation for operation in calls if not is_reading(operation)})
    subjects = Counter(claim.id.partition(".")[0] for claim in asked)
    yield f"account   {place.account or 'unknown until the first answer'}"
    yield f"Region    {place.region}"
    yield f"endpoint  {place.endpoint or 'AWS'}"
    yield f"names     {place.run}-…"
    yield f"claims    {len(asked)} of {len(claims)}: {len(calls)} calls, and deletions"
    yield f"about     {', '.join(f'{subject} ({count})' for subject, count in subjects.items())}"
    yield f"calls     Get… and List…, {', '.join(made)}"
    for word in OFFERS:
        count = sum(word in words for words in lacking.values())
        if count:
            yield f"without {option_of(word)}: {count} not asked"
    yield (
        "Nothing is built, imported, shared or distributed. Pipelines and policies are DISABLED. "
        "Everything that is created is deleted."
    )
    yield "AWS may create the role AWSServiceRoleForImageBuilder, which costs nothing and stays."


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """What is said of a claim that differs, with both sides, or that could not be asked.

    What the caller left out is only counted, by ``summary_lines``.
    """
    claim = outcome.claim
    if outcome.verdict == "not asked" and not outcome.is_by_choice:
        yield f"not asked  {claim.id}: {outcome.reason}"
    if outcome.told is not None:
        yield f"differs    {claim.id}: {claim.sentence}"
        yield f"           proves {', '.join(claim.rows)}"
        for path, expected, answered in outcome.told.differences:
            yield f"           {outcome.told.operation}, {path or 'the answer'}"
            yield f"             expected  {_short(expected)}"
            yield f"             answered  {_short(answered)}"


def summary_lines(result: Result) -> Iterator[str]:
    if result.stopped:
        yield f"stopped: {result.stopped}"
    chosen = Counter(outcome.reason for outcome in result.outcomes if outcome.is_by_choice)
    for reason, count in chosen.items():
        yield f"not asked: {reason} ({count})"
    yield (
        f"{result.count('same')} same, {result.count('differs')} differ, "
        f"{result.count('not asked')} not asked"
    )
    for arn, reason in result.left.items():
        yield f"left behind: {arn}: {reason}"


def report_of(
    result: Result, place: Place, *, version: str, began: datetime, ended: datetime
) -> dict[str, Any]:
    """The report as JSON: no account id, and none of the caller's names."""

    def hide(value: Any) -> Any:
        return mapped_texts(value, lambda text: _masked(text, place))

    report = {
        "imagebuilder_mock": version,
        "botocore": botocore.__version__,
        "region": place.region,
        "endpoint": "AWS" if place.endpoint is None else "another",
        "began": began.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "stopped": hide(result.stopped),
        "same": result.count("same"),
        "differs": result.count("differs"),
        "not_asked": result.count("not asked"),
        "left_behind": hide(result.left),
        "claims": [_outcome(outcome, hide) for outcome in result.outcomes],
    }
    return dict(masked_accounts(report, place.account or _MASK, _MASK))


def _outcome(outcome: Outcome, hide: Callable[[Any], Any]) -> dict[str, Any]:
    claim, told = outcome.claim, outcome.told
    found: dict[str, Any] = {
        "id": claim.id,
        "verdict": outcome.verdict,
        "rows": list(claim.rows),
        "sentence": claim.sentence,
    }
    if outcome.reason:
        found["reason"] = hide(outcome.reason)
    if told is not None:
        found |= {
            "operation": told.operation,
            "params": hide(told.params),
            "differences": [hide(difference._asdict()) for difference in told.differences],
        }
    return found


def _masked(text: str, place: Place) -> str:
    """Without the run's prefix, what the caller has named, and who the caller is."""
    for word, name in place.options.items():
        text = re.sub(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])", f"<{word}>", text)
    return _IDENTITY.sub("<identity>", text.replace(place.run, "verify"))


def _needed(claim: Claim) -> set[str]:
    """The options that a claim needs, also for what it stands on."""
    seen: set[str] = set()
    pending = {word for call in claim.calls for word in words_of(call)}
    while pending:
        word = pending.pop()
        if word in STANDING and word not in seen:
            pending |= words_of(STANDING[word])
        seen.add(word)
    return seen & OFFERS.keys()


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
