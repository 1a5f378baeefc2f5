"""Take typed members out of a loaded document, or say which one is wrong.

``subject`` is what the sentence is about: ``The document``, ``Action S3Download``. Where AWS's
words are unknown they follow those that were seen: ``Action S3Download has no inputs; it requires
an 'inputs'``. There an empty list counts as none at all, and so it does here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MIN_NAME, MAX_NAME = 3, 128
_NAME = re.compile("[A-Za-z0-9_-]*")


def mapping_of(value: object, subject: str) -> dict[object, object]:
    """A mapping, of anything."""
    if isinstance(value, dict):
        return value
    raise DocumentError(f"{subject} must be a mapping.")


def members_of(value: object, subject: str, *, known: Collection[str]) -> dict[str, object]:
    """The members of a mapping that have a value; one that is not ``known`` is an error."""
    members: dict[str, object] = {}
    for key, member in mapping_of(value, subject).items():
        if not isinstance(key, str) or key not in known:
            raise DocumentError(f"{subject} has an unknown member '{key}'.")
        if member is not None:
            members[key] = member
    return members


def required(
    members: Mapping[str, object] | Mapping[object, object],
    key: str,
    subject: str,
) -> object:
    """The member, which must be there; an empty list or mapping is not."""
    member = members.get(key)
    if member in (None, [], {}):
        article = "an" if key[0] in "aeiou" else "a"
        raise DocumentError(f"{subject} has no {key}; it requires {article} '{key}'")
    return member


def text_of(value: object, subject: str) -> str:
    """A scalar's own text: the service takes a number or a boolean where it wants a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise DocumentError(f"{subject} must be a string.")


def optional_text(members: Mapping[str, object], key: str, subject: str) -> str | None:
    """The text of a member, or None where there is none."""
    return text_of(members[key], f"The {key} of {subject}") if key in members else None


def integer_of(value: object, subject: str) -> int:
    """An integer; a boolean and the text of one are none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise DocumentError(f"{subject} must be an integer.")


def list_of(value: object, subject: str) -> list[object]:
    """A list, of anything."""
    if isinstance(value, list):
        return value
    raise DocumentError(f"{subject} must be a list.")


def name_of(value: object, kind: str, where: str = "") -> str:
    """A name of a phase, step, parameter or constant: its characters and length are checked.

    The sentence about characters was seen for a step (aws/aws-cdk#19909).
    """
    name = text_of(value, f"The {kind} name '{value}'{where}")
    if not _NAME.fullmatch(name):
        raise DocumentError(
            f"Invalid {kind} name '{name}'{where}. Allowed characters are combinations of "
            "numbers [0-9], english letters [a-z,A-Z] and special characters [-_].",
        )
    if not MIN_NAME <= len(name) <= MAX_NAME:
        raise DocumentError(
            f"Invalid {kind} name '{name}'{where}. A name must have between {MIN_NAME} and "
            f"{MAX_NAME} characters.",
        )
    return name


def unique(name: str, taken: Collection[str], kind: str, where: str = "") -> str:
    """The name, if nothing else has it."""
    if name in taken:
        raise DocumentError(f"Duplicate {kind} name '{name}'{where}. Names must be unique.")
    return name
