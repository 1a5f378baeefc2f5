"""The parameters and constants that a component document declares.

Sources: user guide page toe-user-defined-variables; the length of a parameter's value is a quota
of the service (general reference, endpoints and quotas), and so is the number of parameters, which
is the operation's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .errors import DocumentError
from .members import list_of, members_of, name_of, optional_text, required, text_of, unique

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class DocumentParameter:
    """A value that the recipe may give, or must where there is no ``default``."""

    name: str
    type: Literal["string"]
    default: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentConstant:
    """A value with a name; its type is always string."""

    name: str
    value: str


def parse_variables(
    parameters: object,
    constants: object,
) -> tuple[tuple[DocumentParameter, ...], tuple[DocumentConstant, ...]]:
    """What stands under ``parameters`` and ``constants``: no name comes twice in either or both."""
    taken: set[str] = set()
    return (
        tuple(_parameters(parameters, taken)),
        tuple(_constants(constants, taken)),
    )


def _parameters(value: object, taken: set[str]) -> Iterator[DocumentParameter]:
    entries = list_of(value, "The document's 'parameters'") if value is not None else []
    for entry in entries:
        name, body = _declared(entry, "parameter", taken)
        subject = f"Parameter '{name}'"
        members = members_of(body, subject, known=("type", "default", "description"))
        _check_type(members, subject)
        default = optional_text(members, "default", f"parameter '{name}'")
        description = optional_text(members, "description", f"parameter '{name}'")
        yield DocumentParameter(name, "string", default, description)


def _constants(value: object, taken: set[str]) -> Iterator[DocumentConstant]:
    entries = list_of(value, "The document's 'constants'") if value is not None else []
    for entry in entries:
        name, body = _declared(entry, "constant", taken)
        subject = f"Constant '{name}'"
        members = members_of(body, subject, known=("type", "value"))
        _check_type(members, subject)
        text = text_of(required(members, "value", subject), f"The value of constant '{name}'")
        yield DocumentConstant(name, text)


def _declared(entry: object, kind: str, taken: set[str]) -> tuple[str, object]:
    """The one key of an entry, which is the name, and what stands under it."""
    if not isinstance(entry, dict) or len(entry) != 1:
        raise DocumentError(f"Every {kind} must be a mapping with its name as the only key.")
    [(key, body)] = entry.items()
    if not isinstance(key, str):
        raise DocumentError(f"Invalid {kind} name '{key}'. A name must be a string.")
    name = unique(name_of(key, kind), taken, "parameter or constant")
    taken.add(name)
    return name, body


def _check_type(members: dict[str, object], subject: str) -> None:
    declared = required(members, "type", subject)
    if declared != "string":
        raise DocumentError(
            f"{subject} has the unsupported type '{declared}'. Supported types include: string.",
        )
