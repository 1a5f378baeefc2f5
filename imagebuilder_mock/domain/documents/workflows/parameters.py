"""The parameters that a workflow document declares, and the values that a build gives them.

Source: user guide, image-workflow-create-document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from imagebuilder_mock.domain.documents.members import (
    UNSUPPORTED_TYPE,
    Member,
    Members,
    Node,
    OneOf,
    as_it_is,
    text,
)
from imagebuilder_mock.domain.documents.names import UNNAMED, check_unique
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.domain.resources.documents import ParameterDetail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

N = TypeVar("N", bound="Named")

ParameterType = Literal["string", "integer", "boolean", "stringList"]

_BOOLEANS = {"true": True, "false": False}
_INTEGER = "[+-]?[0-9]+"


class Named(Members):
    name = Member[str | None](text, None, required=True)


class Parameter(Named):
    type_ = Member[ParameterType](OneOf(get_args(ParameterType), UNSUPPORTED_TYPE), "string")
    default = Member[Node | None](as_it_is, None)
    description = Member[str | None](text, None)


def members_of_each(entries: list[Node], of: type[N], kind: str) -> Iterator[N]:
    """The members of each entry of a list; no two entries may have the same name."""
    taken: list[str | None] = []
    for entry in entries:
        members = of(entry)
        name = members.name
        if name is not None:
            check_unique(name, entry.at("name"), kind, taken)
            members.node = entry.called(f"{kind.capitalize()} '{name}'")
        taken.append(name)
        yield members


def parse_parameters(entries: list[Node]) -> tuple[ParameterDetail, ...]:
    """Read ``parameters``; those whose names cannot be read are left out."""
    parameters = []
    for members in members_of_each(entries, Parameter, "parameter"):
        parameter = ParameterDetail(name=members.name or UNNAMED, type=members.type_)
        node = members.default
        default = None if node is None or "type" in members.wrong else _default(node, parameter)
        parameter = replace(parameter, default_value=default, description=members.description)
        if members.name is not None:
            parameters.append(parameter)
    return tuple(parameters)


def _default(node: Node, parameter: ParameterDetail) -> tuple[str, ...] | None:
    nodes = node.items(node.subject) if parameter.type == "stringList" else [node]
    texts = [text(each) for each in nodes or ()]
    given = tuple(each for each in texts if each is not None)
    if nodes is not None and None not in texts:
        try:
            value_of(parameter, given)
        except ValueError as error:
            node.refuse(str(error))
    return given


def value_of(parameter: ParameterDetail, given: Sequence[str] | None) -> object:
    """The given or default value, in the parameter's type; ValueError if that is not possible."""
    texts = parameter.default_value if given is None else given
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
    """``int`` alone would take more: spaces, underscores, other digits."""
    if re.fullmatch(_INTEGER, text) is None:
        raise ValueError(text)
    return int(text)


def values_of(
    parameters: Sequence[ParameterDetail], given: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """The values of all parameters; ValueError if one is missing, wrong or not declared."""
    unknown = [name for name in given if name not in {known.name for known in parameters}]
    if unknown:
        msg = f"The following parameters are not defined in the workflow: {', '.join(unknown)}"
        raise ValueError(msg)
    return {
        parameter.name: value_of(parameter, given.get(parameter.name)) for parameter in parameters
    }
