"""The parameters that a workflow document declares, and the values that a build gives them.

Source: user guide, image-workflow-create-document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    list_of,
    members_of,
    optional_text,
    required,
    text_of,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ParameterType = Literal["string", "integer", "boolean", "stringList"]

_TYPES = ("string", "integer", "boolean", "stringList")
_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile("[+-]?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowParameter:
    """A value that a build may give, or must where there is no ``default``."""

    name: str
    type: ParameterType
    default: tuple[str, ...] | None = None
    description: str | None = None


def parse_parameters(raw: object) -> tuple[WorkflowParameter, ...]:
    """What stands under ``parameters``; DocumentError names the one that is wrong."""
    entries = [] if raw is None else list_of(raw, "The document's 'parameters'")
    parameters: dict[str, WorkflowParameter] = {}
    for entry in entries:
        members = members_of(entry, "A parameter", known=("name", "type", "default", "description"))
        name = text_of(required(members, "name", "A parameter"), "The name of a parameter")
        unique(name, parameters, "parameter")
        declared = text_of(members.get("type", "string"), f"The type of parameter '{name}'")
        if declared not in _TYPES:
            raise DocumentError(
                f"Parameter '{name}' has the unsupported type '{declared}'. Supported types "
                f"include: {', '.join(_TYPES)}."
            )
        parameter_type = cast("ParameterType", declared)
        parameters[name] = WorkflowParameter(
            name=name,
            type=parameter_type,
            default=_default(members, name, parameter_type),
            description=optional_text(members, "description", f"parameter '{name}'"),
        )
    return tuple(parameters.values())


def value_of(parameter: WorkflowParameter, given: Sequence[str] | None) -> object:
    """The value in its type; ValueError says what is wrong with what was given."""
    texts = parameter.default if given is None else given
    if texts is None:
        msg = f"The parameter '{parameter.name}' has no default, and requires a value."
        raise ValueError(msg)
    if parameter.type == "stringList":
        return list(texts)
    if len(texts) != 1:
        msg = f"The parameter '{parameter.name}' takes exactly one value."
        raise ValueError(msg)
    if parameter.type == "string":
        return texts[0]
    try:
        return _integer(texts[0]) if parameter.type == "integer" else _BOOLEANS[texts[0].lower()]
    except (ValueError, KeyError):
        article = "an" if parameter.type == "integer" else "a"
        msg = f"The value of the parameter '{parameter.name}' must be {article} {parameter.type}."
        raise ValueError(msg) from None


def _integer(text: str) -> int:
    """Python's own reading takes more: spaces, underscores, other digits."""
    if _INTEGER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def values_of(
    parameters: Sequence[WorkflowParameter], given: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """Every parameter's value; ValueError for one that is missing, wrong or not declared."""
    unknown = [name for name in given if name not in {known.name for known in parameters}]
    if unknown:
        msg = f"The following parameters are not defined in the workflow: {', '.join(unknown)}"
        raise ValueError(msg)
    return {
        parameter.name: value_of(parameter, given.get(parameter.name)) for parameter in parameters
    }


def _default(
    members: Mapping[str, object], name: str, parameter_type: ParameterType
) -> tuple[str, ...] | None:
    if "default" not in members:
        return None
    raw = members["default"]
    subject = f"The default of parameter '{name}'"
    raws = list_of(raw, subject) if parameter_type == "stringList" else [raw]
    texts = tuple(text_of(value, subject) for value in raws)
    parameter = WorkflowParameter(name=name, type=parameter_type, default=texts)
    try:
        value_of(parameter, texts)
    except ValueError as error:
        raise DocumentError(str(error)) from None
    return texts
