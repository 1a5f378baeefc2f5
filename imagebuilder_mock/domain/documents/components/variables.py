"""Parameters and constants of a component document, and what its ``{{ }}`` expressions refer to.

Sources: user guide pages toe-user-defined-variables, toe-use-documents (chaining) and
toe-looping-constructs. The number of parameters and the length of their values are quotas of the
service, which operations check.

AWSTOE's own check finds undeclared references. An expression in a form that AWSTOE does not have
(``{{ .ID }}``, ``{{ item | quote }}``) may be meant for another program and is not checked. Loop
expressions in a step without a loop are not checked either, as documented.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.documents.members import (
    TEXTS,
    UNSUPPORTED_TYPE,
    Each,
    Member,
    Members,
    Node,
    OneOf,
    read_all,
    text,
    written,
)
from imagebuilder_mock.domain.documents.names import check_name
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.resources.documents import ParameterDetail

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


_TYPE = OneOf(("string",), UNSUPPORTED_TYPE, written)


class _Parameter(Members):
    type_ = Member[str | None](_TYPE, None, required=True)
    default = Member[str | None](text, None)
    description = Member[str | None](text, None)
    allowed_values = Member[tuple[str, ...]](TEXTS, ())


class _Constant(Members):
    type_ = Member[str | None](_TYPE, None, required=True)
    value = Member(text, "", required=True)


class Variables(Members):
    """The members of a document that declare them."""

    parameters = Member[list[Node]](Each(_Parameter), [], called="The document's 'parameters'")
    constants = Member[list[Node]](Each(_Constant), [], called="The document's 'constants'")


def declared_by(
    document: Variables,
) -> tuple[tuple[ParameterDetail, ...], dict[str, str], bool]:
    """Parameters, constants by their names, and whether all names could be read.

    Parameters and constants must have different names.
    """
    taken: list[str | None] = []
    parameters = tuple(
        ParameterDetail(
            name=name,
            type="string",
            default_value=None if members.default is None else (members.default,),
            description=members.description,
            allowed_values=members.allowed_values or None,
        )
        for name, body in _bodies(document.parameters, "parameter", taken)
        for members in (read_all(_Parameter(body)),)
    )
    constants = {
        name: read_all(_Constant(body)).value
        for name, body in _bodies(document.constants, "constant", taken)
    }
    are_named = None not in taken and not document.wrong & {"parameters", "constants"}
    return parameters, constants, are_named


def _bodies(entries: list[Node], kind: str, taken: list[str | None]) -> Iterator[tuple[str, Node]]:
    """The only key of each entry, which is the name, and the value under it."""
    for entry in entries:
        if not isinstance(entry.value, dict) or len(entry.value) != 1:
            entry.refuse(f"Every {kind} must be a mapping with its name as the only key.")
            taken.append(None)
            continue
        [key] = entry.value
        body = entry.at(key, f"{kind.capitalize()} '{key}'")
        if not isinstance(key, str):
            body.refuse(f"Invalid {kind} name '{key}'. A name must be a string.")
        else:
            check_name(key, body, kind, taken, among="parameter or constant")
        taken.append(str(key))
        yield str(key), body


REFERENCE = re.compile(r"\{\{([^{}]*)\}\}")
_FILLED = r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}"
_VARIABLE = "([A-Za-z0-9_-]+)"
_RESOLVED = r"aws:ssm:resolve\(\s*([A-Za-z0-9_-]+)\s*\)"
_CHAIN = r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.(?:inputs|outputs)(?:\[[0-9]+\])?\.\S+"
_LOOP = r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)"
_CREDENTIAL_METADATA = r"aws:imds:/*(iam|identity-credentials)(/.*)?"
_LOOP_MEMBERS = frozenset({"index", "value"})
_CONTEXT = "context:(.*)"
_CONTEXT_KEYS = (
    *("executionId", "accountId", "region", "osPlatform", "osName", "osVersion"),
    *("date", "dateTime", "uuid", "hostname", "phase", "step"),
)
"""The keys of ``context:``, which are about the instance and the run (user guide, 2026-09-08)."""


def filled(value: object, variables: Mapping[str, object]) -> object:
    """A value in which references to the given variables are replaced."""
    if isinstance(value, str):
        return re.sub(_FILLED, lambda found: str(variables.get(found[1], found[0])), value)
    if isinstance(value, dict):
        return {key: filled(member, variables) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return ["" if member is None else filled(member, variables) for member in value]
    return value


def chained_phases(inputs: object) -> Iterator[tuple[str, str]]:
    """Each expression that refers to inputs or outputs of a step, and the phase of that step."""
    for node in Node(inputs, []).texts("{{"):
        for expression in REFERENCE.findall(str(node.value)):
            if match := re.fullmatch(_CHAIN, expression.strip()):
                yield match[0], match[1]


def chained_steps(expression: str) -> Iterator[tuple[str, str]]:
    """The phase and the step, if the expression refers to inputs or outputs of a step."""
    if match := re.fullmatch(_CHAIN, expression):
        yield match[1], match[2]


class Scope(Value):
    """What the expressions of one step can refer to; None where names could not be read.

    ``variables`` are the names of parameters and constants, ``steps`` the step names of each
    phase. ``loops`` are the loop names of the phase; ``own_loops`` is what the step's loop is
    called (``loop``, and its name where it has one), empty where it has none.
    """

    variables: Collection[str] | None
    steps: Mapping[str, Collection[str]] | None
    loops: Collection[str]
    own_loops: Collection[str]


def check_references(step: Node, scope: Scope) -> None:
    """Refuse wrong expressions in the texts of a step, at any depth."""
    for node in step.texts("{{"):
        if node.parent is step and node.key in ("name", "action"):
            # Braces in them have been refused already.
            continue
        for expression in REFERENCE.findall(str(node.value)):
            if wrong := _what_is_wrong(expression.strip(), scope):
                node.refuse(wrong)


def _what_is_wrong(expression: str, scope: Scope) -> str | None:
    why = None
    if match := re.fullmatch(_VARIABLE, expression) or re.fullmatch(_RESOLVED, expression):
        if scope.variables is not None and match[1] not in scope.variables:
            missing = "The following parameters or constants are not defined in the document"
            return f"{missing}: {match[1]}."
    elif match := re.fullmatch(_CHAIN, expression):
        phase, step = match[1], match[2]
        if scope.steps is not None and step not in scope.steps.get(phase, ()):
            why = f"valid: there is no step '{step}' in phase '{phase}'."
    elif match := re.fullmatch(_LOOP, expression):
        loop, member = match[1], match[2]
        if loop in scope.own_loops and member not in _LOOP_MEMBERS:
            why = "valid: a loop has the members index and value."
        elif scope.own_loops and loop not in scope.own_loops and loop in scope.loops:
            why = f"valid: '{loop}' is the loop of another step."
    else:
        why = _why_not_of_instance(expression)
    return why and f"The reference '{expression}' is not {why}"


def _why_not_of_instance(expression: str) -> str | None:
    """Why an expression about the instance or the run is wrong; None for any other."""
    match = re.fullmatch(_CONTEXT, expression)
    if match is not None and match[1] not in _CONTEXT_KEYS:
        return f"valid: the keys of the context are {', '.join(_CONTEXT_KEYS)}."
    if re.fullmatch(_CREDENTIAL_METADATA, expression):
        return "supported: its instance metadata path returns credentials."
    return None
