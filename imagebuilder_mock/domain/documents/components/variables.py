"""Parameters and constants of a component document, and what its ``{{ }}`` expressions refer to.

Sources: user guide pages toe-user-defined-variables, toe-use-documents (chaining) and
toe-looping-constructs. The length of a parameter's value is a quota of the service (general
reference, endpoints and quotas), and so is the number of parameters, which is the operation's
business.

AWSTOE's own check finds undeclared references. An expression of a form that is none of AWSTOE's
(``{{ .ID }}``, ``{{ item | quote }}``) may be meant for another program and is left alone; so are,
as documented, loop expressions in a step that has no loop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    list_of,
    members_of,
    name_of,
    optional_text,
    required,
    text_of,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


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


_EXPRESSION = re.compile(r"\{\{([^{}]*)\}\}")
_VARIABLE = re.compile("([A-Za-z0-9_-]+)")
_RESOLVED = re.compile(r"aws:ssm:resolve\(\s*([A-Za-z0-9_-]+)\s*\)")
_CHAIN = re.compile(
    r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.(?:inputs|outputs)(?:\[[0-9]+\])?\.\S+",
)
_LOOP = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_CREDENTIAL_METADATA = re.compile(r"aws:imds:/*(iam|identity-credentials)(/.*)?")
_LOOP_MEMBERS = frozenset({"index", "value"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What the expressions of one step can refer to.

    ``variables`` are the names of parameters and constants, ``steps`` the step names of each
    phase. ``loops`` are the loop names of the phase; ``own_loops`` is what the step's loop is
    called (``loop``, and its name where it has one), empty where it has none.
    """

    variables: Collection[str]
    steps: Mapping[str, Collection[str]]
    loops: Collection[str]
    own_loops: Collection[str]


def check_references(value: object, scope: Scope) -> None:
    """Look at every expression in the texts of a value, however deep; one that is wrong raises."""
    for text in _texts_in(value):
        for match in _EXPRESSION.finditer(text):
            _check(match[1].strip(), scope)


def chained_phases(value: object) -> Iterator[tuple[str, str]]:
    """Each expression that refers to a step's inputs or outputs, and the phase of that step."""
    for text in _texts_in(value):
        for expression in _EXPRESSION.findall(text):
            if match := _CHAIN.fullmatch(expression.strip()):
                yield match[0], match[1]


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts_in(member)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts_in(item)


def _check(expression: str, scope: Scope) -> None:
    if match := _VARIABLE.fullmatch(expression) or _RESOLVED.fullmatch(expression):
        _check_variable(match[1], scope)
    elif match := _CHAIN.fullmatch(expression):
        _check_chain(match[1], match[2], expression, scope)
    elif match := _LOOP.fullmatch(expression):
        _check_loop(match[1], match[2], expression, scope)
    elif _CREDENTIAL_METADATA.fullmatch(expression):
        raise DocumentError(
            f"The reference '{expression}' is not supported: its instance metadata path returns "
            "credentials.",
        )


def _check_variable(name: str, scope: Scope) -> None:
    if name not in scope.variables:
        raise DocumentError(
            f"The following parameters or constants are not defined in the document: {name}.",
        )


def _check_chain(phase: str, step: str, expression: str, scope: Scope) -> None:
    if step not in scope.steps.get(phase, ()):
        raise DocumentError(
            f"The reference '{expression}' is not valid: there is no step '{step}' in phase "
            f"'{phase}'.",
        )


def _check_loop(loop: str, member: str, expression: str, scope: Scope) -> None:
    if not scope.own_loops:
        return
    if loop in scope.own_loops:
        if member not in _LOOP_MEMBERS:
            raise DocumentError(
                f"The reference '{expression}' is not valid: a loop has the members index and "
                "value.",
            )
    elif loop in scope.loops:
        raise DocumentError(
            f"The reference '{expression}' is not valid: '{loop}' is the loop of another step.",
        )
