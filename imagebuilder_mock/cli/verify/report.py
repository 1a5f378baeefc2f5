"""What came out of a run: as text, and as JSON that can be attached to an issue."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import botocore

from imagebuilder_mock.cli.capture.masking import masked_accounts

from .claim import words_in
from .claims.standing import STANDING
from .running import OPTIONS

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
    asked = [claim for claim in claims if not _lacking(claim, place)]
    calls = sum(len(claim.calls) for claim in asked)
    made = sorted({call.operation for claim in asked for call in claim.calls} - _reading(asked))
    yield f"account   {place.account or 'not told before the first answer'}"
    yield f"Region    {place.region}"
    yield f"endpoint  {place.endpoint or 'AWS'}"
    yield f"names     {place.run}-…"
    yield f"claims    {len(asked)} of {len(claims)}: {calls} calls, and what they clean up"
    subjects = Counter(claim.id.partition(".")[0] for claim in asked)
    yield f"about     {', '.join(f'{subject} ({count})' for subject, count in subjects.items())}"
    yield f"calls     Get… and List…, {', '.join(made)}"
    for word, option in OPTIONS.items():
        count = sum(word in _lacking(claim, place) for claim in claims)
        if count:
            yield f"without {option}: {count} claims are not asked"
    yield (
        "Nothing is built, imported, shared or distributed. Pipelines and policies are DISABLED. "
        "What is made is deleted."
    )
    yield "AWS may make the role AWSServiceRoleForImageBuilder, which costs nothing and stays."


def outcome_lines(outcome: Outcome) -> Iterator[str]:
    """A claim that did not come out the same, with both sides; what was left out is summed up."""
    claim = outcome.claim
    if outcome.verdict == "not asked" and not outcome.is_by_choice:
        yield f"not asked  {claim.id}: {outcome.reason}"
    if outcome.told is not None:
        yield f"differs    {claim.id}: {claim.sentence}"
        yield f"           proves {', '.join(claim.rows)}"
        for difference in outcome.told.differences:
            yield f"           {outcome.told.operation}, {difference.path or 'the answer'}"
            yield f"             expected  {_short(difference.expected)}"
            yield f"             answered  {_short(difference.answered)}"


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
    hide = partial(_masked, place=place)
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
        "left_behind": {hide(arn): hide(reason) for arn, reason in result.left.items()},
        "claims": [_outcome(outcome, hide) for outcome in result.outcomes],
    }
    return dict(masked_accounts(report, place.account or _MASK, _MASK))


def _outcome(outcome: Outcome, hide: Callable[[Any], Any]) -> dict[str, Any]:
    claim = outcome.claim
    told = outcome.told
    return {
        "id": claim.id,
        "verdict": outcome.verdict,
        "rows": list(claim.rows),
        "sentence": claim.sentence,
        **({"reason": hide(outcome.reason)} if outcome.reason else {}),
        **(
            {
                "operation": told.operation,
                "params": hide(told.params),
                "differences": [
                    {
                        "path": difference.path,
                        "expected": hide(difference.expected),
                        "answered": hide(difference.answered),
                    }
                    for difference in told.differences
                ],
            }
            if told is not None
            else {}
        ),
    }


def _masked(value: Any, *, place: Place) -> Any:
    """Without the run's prefix, what the caller has named, and who the caller is."""
    if isinstance(value, str):
        for word, name in place.options.items():
            alone = rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])"
            value = re.sub(alone, f"<{word}>", value)
        return _IDENTITY.sub("<identity>", value.replace(place.run, "verify"))
    if isinstance(value, dict):
        return {
            key.replace(place.run, "verify"): _masked(item, place=place)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_masked(item, place=place) for item in value]
    return value


def _lacking(claim: Claim, place: Place) -> set[str]:
    """The options that a claim needs, also for what it stands on, and that are not given."""
    seen: set[str] = set()
    pending = {word for call in claim.calls for word in words_in(call.params)}
    while pending:
        word = pending.pop()
        if word not in seen:
            seen.add(word)
            if word in STANDING:
                pending |= set(words_in(STANDING[word].params))
    return (seen & OPTIONS.keys()) - place.options.keys()


def _reading(claims: Sequence[Claim]) -> set[str]:
    return {
        call.operation
        for claim in claims
        for call in claim.calls
        if call.operation.startswith(("Get", "List"))
    }


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
