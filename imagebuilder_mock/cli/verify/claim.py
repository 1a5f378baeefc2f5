"""What a claim is: a sentence, the calls that put it to the service, and what has to come back.

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
``<<component>>`` and others
    what all claims share (``claims/standing.py``), and what a call of the claim has saved
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

WORD = re.compile(r"<<([a-z_]+)>>")

STATUSES = {
    "DryRunOperationException": 412,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 402,
}
"""Of the errors that are not a 400."""


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
    """A list of so many entries, whatever they are."""

    count: int

    def __str__(self) -> str:
        return f"({self.count} entries)"


@dataclass(frozen=True, slots=True)
class Own:
    """A list in which what others made is passed over; of each entry of the run's, one member."""

    values: Sequence[Any]
    member: str = "arn"


@dataclass(frozen=True, slots=True)
class _Absent:
    def __str__(self) -> str:
        return "(absent)"


ABSENT = _Absent()
"""A member that is not in the answer."""


@dataclass(frozen=True, slots=True)
class Refused:
    code: str
    message: str | Matches

    @property
    def status(self) -> int:
        return STATUSES.get(self.code, 400)


@dataclass(frozen=True, slots=True)
class Answered:
    """Values by their paths in the answer; what is at a path has to be equal as a whole.

    The empty path is the answer itself.
    """

    values: Mapping[str, Any] = field(default_factory=dict)


ACCEPTED = Answered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, and what has to come back."""

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    expected: Refused | Answered = ACCEPTED
    saved: Mapping[str, str] = field(default_factory=dict)
    """Words for the calls after this one, each with its path in the answer."""
    body: str | None = None
    """The body as it is sent, in place of the parameters'."""
    all_pages: bool = False
    """Whether the pages behind the first are asked for too, and their lists put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    id: str
    sentence: str
    rows: tuple[str, ...]
    """The ids of the rows of docs/fidelity.json that it proves."""
    calls: tuple[Call, ...]


Row: TypeAlias = "tuple[str, str, tuple[str, ...], tuple[Call, ...]]"
"""A claim without its subject: the rest of its id, the sentence, the proven rows, the calls."""
Case: TypeAlias = "tuple[str, str, tuple[str, ...], Mapping[str, Any], Refused | Answered]"
"""The same about one call: what is given beside the usual, and what comes back."""


def claims_of(subject: str, rows: Iterable[Row]) -> tuple[Claim, ...]:
    return tuple(
        Claim(id=f"{subject}.{key}", sentence=sentence, rows=proven, calls=calls)
        for key, sentence, proven, calls in rows
    )


def claims_about(
    subject: str, operation: str, usual: Mapping[str, Any], cases: Iterable[Case]
) -> tuple[Claim, ...]:
    """Claims about one operation; a parameter that is None in a case is left out."""
    return claims_of(
        subject,
        (
            (key, sentence, proven, (call(operation, _given({**usual, **params}), expected),))
            for key, sentence, proven, params, expected in cases
        ),
    )


def call(
    operation: str,
    params: Mapping[str, Any],
    expected: Refused | Answered = ACCEPTED,
    **saved: str,
) -> Call:
    return Call(operation=operation, params=params, expected=expected, saved=saved)


def invalid(parameter: str, detail: str) -> Refused:
    """One value is wrong; the sentence is the one that all such errors have."""
    return Refused("InvalidParameterValueException", _sentence(parameter, detail))


def form(parameter: str, detail: str) -> Refused:
    """A value has the wrong form: the detail begins with the parameter again."""
    return invalid(parameter, f"'{parameter}' {detail}")


def clash(parameter: str, detail: str) -> Refused:
    """Values do not go together."""
    return Refused("InvalidParameterCombinationException", _sentence(parameter, detail))


def taken(label: str, arn: str) -> Refused:
    return Refused(
        "ResourceAlreadyExistsException",
        f"The following resource '{label}' already exists: '{arn}'.",
    )


def in_use(arn: str) -> Refused:
    return Refused(
        "ResourceDependencyException",
        f"Resource dependency error: The resource ARN '{arn}' has other resources depended on it.",
    )


def not_found(label: str, arn: str) -> Refused:
    return Refused(
        "ResourceNotFoundException", f"The following resource '{label}' does not exist: '{arn}'."
    )


def words_in(value: object) -> Iterator[str]:
    """The words that a value holds, at any depth."""
    if isinstance(value, str):
        yield from WORD.findall(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from words_in(key)
            yield from words_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from words_in(item)


def filled(value: Any, words: Mapping[str, str]) -> Any:
    """A value of a request or of an answer, with its words filled in."""
    if isinstance(value, str):
        return WORD.sub(lambda match: words[match[1]], value)
    if isinstance(value, dict):
        return {filled(key, words): filled(item, words) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(item, words) for item in value]
    if isinstance(value, Own):
        return Own(filled(value.values, words), value.member)
    return value


def expected_with(expected: Refused | Answered, words: Mapping[str, str]) -> Refused | Answered:
    """What has to come back, with its words filled in."""
    if isinstance(expected, Refused):
        return Refused(expected.code, filled(expected.message, words))
    return Answered(filled(expected.values, words))


def _given(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _sentence(parameter: str, detail: str) -> str:
    return f"The value supplied for parameter '{parameter}' is not valid. {detail}"
