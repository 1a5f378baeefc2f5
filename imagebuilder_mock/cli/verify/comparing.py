"""An answer, compared with what has to come back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.protocol.model import status_of

from .claim import ABSENT, Entries, Matches, Own, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .claim import Expected

_OK = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said: an error has a code."""

    status: int
    code: str | None = None
    message: str = ""
    members: dict[str, Any] = field(default_factory=dict)


class Difference(NamedTuple):
    """Both sides of what is not the same, and where it is in the answer."""

    path: str
    expected: Any
    answered: Any


def expected_with(expected: Expected, words: Mapping[str, str]) -> Answer | Mapping[str, Any]:
    """What has to come back, with its words filled in."""
    if isinstance(expected, ImageBuilderError):
        return Answer(status_of(expected.code), expected.code, filled(expected.message, words))
    return {path: filled(value, words) for path, value in expected.items()}


def differences(
    expected: Answer | Mapping[str, Any], answer: Answer, *, run: str
) -> list[Difference]:
    """Where the answer is not as expected; the run's own entries of a list contain ``run``."""
    if isinstance(expected, Answer):
        return [
            *_unequal("code", expected.code, answer.code or "(accepted)"),
            *_unequal("status", expected.status, answer.status),
            *(_unequal("message", expected.message, answer.message) if answer.code else ()),
        ]
    if answer.code is not None:
        return [Difference("code", "(accepted)", f"{answer.code}: {answer.message}")]
    found = _unequal("status", _OK, answer.status)
    for path, value in expected.items():
        answered = at(answer.members, path)
        if isinstance(value, Own):
            if isinstance(answered, list):
                answered = [at(entry, value.member) for entry in answered if run in str(entry)]
            found += _unequal(path, value.values, answered)
        else:
            found += _unequal(path, value, answered)
    return found


def at(members: Any, path: str) -> Any:
    """What is at a dotted path; ABSENT if nothing is."""
    value = members
    for step in path.split(".") if path else ():
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return ABSENT
    return value


def _unequal(path: str, expected: Any, answered: Any) -> list[Difference]:
    if isinstance(expected, dict) and isinstance(answered, dict):
        return [
            difference
            for name in sorted({*expected, *answered})
            for difference in _unequal(
                f"{path}.{name}" if path else name,
                expected.get(name, ABSENT),
                answered.get(name, ABSENT),
            )
        ]
    if isinstance(expected, list) and isinstance(answered, list) and len(expected) == len(answered):
        return [
            difference
            for position, pair in enumerate(zip(expected, answered, strict=True))
            for difference in _unequal(f"{path}[{position}]", *pair)
        ]
    if isinstance(answered, datetime):
        answered = answered.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    elif isinstance(expected, Entries) and isinstance(answered, list):
        answered = Entries(len(answered))
    if _is_as(expected, answered):
        return []
    return [Difference(path, _shown(expected), _shown(answered))]


def _is_as(expected: Any, answered: Any) -> bool:
    if isinstance(expected, Matches):
        return isinstance(answered, str) and re.fullmatch(expected.pattern, answered) is not None
    # True and 1 are not the same.
    return type(expected) is type(answered) and bool(expected == answered)


def _shown(value: Any) -> Any:
    """A value as the report has it."""
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
