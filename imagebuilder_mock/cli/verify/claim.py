"""What a claim is: a sentence, the calls that put it to the service, and what has to come back.

Answers are compared with that here too.

Texts hold words in double angle brackets, which a run fills in:

``<<run>>``
    the random prefix of the run's names
``<<name>>``
    that prefix and the claim's id: a name of the claim's own
``<<own>>``, ``<<amazon>>``
    an ARN of Image Builder up to the account, the caller's or Amazon's
``<<account>>``, ``<<region>>``, ``<<partition>>``
    where the run takes place
``<<instance_profile>>``, ``<<role>>``, ``<<topic>>``, ``<<repository>>``
    what the caller offers by options
``<<made>>``
    the ARN of what the claim has created last
``<<component>>`` and others
    what all claims share (``STANDING`` in ``claims/standing.py``), and what a call of the claim has
    saved
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from imagebuilder_mock.cli.capture.masking import mapped_texts
from imagebuilder_mock.domain.errors import (
    ImageBuilderError,
    InvalidParameterValueException,
    ResourceDependencyException,
    dependency_error,
    invalid_value,
)
from imagebuilder_mock.protocol.model import status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WORD = re.compile(r"<<([a-z_]+)>>")
_OK = 200


@dataclass(frozen=True, slots=True)
class Matches:
    """A text of which only the form is known beforehand."""

    words: str
    pattern: str

    def __str__(self) -> str:
        return f"({self.words})"


A_TIME = Matches("a time", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
AN_ID = Matches("an id", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
A_TEXT = Matches("a text", r"(?s).+")


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of this many entries, whatever they are."""

    count: int

    def __str__(self) -> str:
        return f"({self.count} entries)"


@dataclass(frozen=True, slots=True)
class Own:
    """A list in which only the run's entries count: one member of each, or with "" all members."""

    values: Sequence[Any]
    member: str = "arn"


@dataclass(frozen=True, slots=True)
class _Absent:
    def __str__(self) -> str:
        return "(absent)"


ABSENT = _Absent()
"""A member that is not in the answer."""


Expected: TypeAlias = "ImageBuilderError | Mapping[str, Any]"
"""What has to come back: a refusal, or values by their dotted paths in an answer.

What is at a path has to be equal as a whole; the empty path is the answer itself.
"""

ACCEPTED: Expected = {}
"""An answer, whatever is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, and what has to come back."""

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    expected: Expected = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    """Words for the calls after this one, each with its path in the answer."""
    body: str | None = None
    """A body that is sent as it is, in place of the parameters."""
    all_pages: bool = False
    """Whether the pages after the first are asked for too, and their lists joined."""


@dataclass(frozen=True, slots=True)
class Claim:
    id: str
    sentence: str
    rows: tuple[str, ...]
    """The ids of the rows of docs/fidelity.json that it proves."""
    calls: tuple[Call, ...]


def claim(claim_id: str, sentence: str, rows: tuple[str, ...], *calls: Call) -> Claim:
    return Claim(claim_id, sentence, rows, calls)


def call(
    operation: str, params: Mapping[str, Any], expected: Expected = ACCEPTED, **saved: str
) -> Call:
    return Call(operation=operation, params=params, expected=expected, saved=saved)


# Refusals, besides those of the domain


def form(parameter: str, detail: str) -> InvalidParameterValueException:
    """A value has the wrong form: the detail begins with the parameter again."""
    return invalid_value(parameter, f"'{parameter}' {detail}")


def in_use(arn: str) -> ResourceDependencyException:
    return ResourceDependencyException(dependency_error(arn))


# Words


def texts_in(value: object) -> Iterator[str]:
    """Every text in a JSON value or in what has to come back, the names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_in(key)
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, Own):
        yield from texts_in(value.values)
    elif isinstance(value, ImageBuilderError):
        yield value.message


def words_of(call: Call) -> set[str]:
    """The words in a call, and in what has to come back."""
    return {word for text in texts_in([call.params, call.expected]) for word in _WORD.findall(text)}


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """A value of a request or of an answer, with its words filled in."""
    if isinstance(value, Own):
        return replace(value, values=filled(value.values, words))
    return mapped_texts(value, lambda text: _WORD.sub(lambda word: words[word[1]], text))


# Answers


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
