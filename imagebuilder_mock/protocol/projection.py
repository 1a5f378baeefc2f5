"""Answers: objects of the domain, reduced to the members of an output shape.

A shape becomes one closure for each class of objects that it shows. A member is read from the
attribute of its name in snake case; in a mapping, as a caller sent it, from the key. What is None
is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from botocore import xform_name
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.utils import parse_timestamp

from imagebuilder_mock.domain.records import has

from .http import epoch_seconds

if TYPE_CHECKING:
    from typing import TypeAlias

Projector: TypeAlias = "Callable[[object], dict[str, object]]"
_Project: TypeAlias = "Callable[[object], object]"


_WITHOUT_ZONE = len("2020-01-27T20:43:30.306")


def projector(shape: Shape | None) -> Projector:
    """The function that turns an operation's result into the members of its answer."""
    if isinstance(shape, StructureShape):
        return _structure(shape, {})
    return _project_nothing


def iso_text(moment: datetime) -> str:
    """A date that is a string, as the service writes it: ``2020-01-27T20:43:30.306Z``."""
    return f"{moment.isoformat(timespec='milliseconds')[:_WITHOUT_ZONE]}Z"


def _project_nothing(_: object) -> dict[str, object]:
    return {}


def _compile(shape: Shape, known: dict[str, _Project]) -> _Project | None:
    """The function for a shape; None if its values are shown as they are."""
    if isinstance(shape, StructureShape):
        if shape.name not in known:
            known[shape.name] = lambda value: known[shape.name](value)  # noqa: PLW0108 - replaced below
            known[shape.name] = _structure(shape, known)
        return known[shape.name]
    if isinstance(shape, ListShape):
        return _list(_compile(shape.member, known))
    if isinstance(shape, MapShape):
        return cast("_Project", dict)
    if shape.type_name == "timestamp":
        return _local_time
    # Dates are strings under a shape of this name; other strings are strings already.
    return _date_text if shape.name == "DateTime" else None


def _structure(shape: StructureShape, known: dict[str, _Project]) -> Projector:
    members = [
        (name, xform_name(name), _compile(member, known)) for name, member in shape.members.items()
    ]
    by_key = {name: project for name, _, project in members}
    by_class: dict[type, Projector] = {}

    def from_mapping(value: Any) -> dict[str, object]:
        return {
            name: item if (inner := by_key[name]) is None else inner(item)
            for name, item in value.items()
            if item is not None and name in by_key
        }

    def project(value: object) -> dict[str, object]:
        cls = type(value)
        for_class = by_class.get(cls)
        if for_class is None:
            for_class = by_class[cls] = (
                from_mapping
                if issubclass(cls, Mapping)
                else _from_attributes([member for member in members if has(cls, member[1])])
            )
        return for_class(value)

    return project


def _from_attributes(members: list[tuple[str, str, _Project | None]]) -> Projector:
    """Read several members by one ``attrgetter``, which is the fastest way in Python."""
    attributes = [attribute for _, attribute, _ in members]
    names = [name for name, _, _ in members]
    inners = [(name, project) for name, _, project in members if project is not None]
    get = attrgetter(*attributes) if len(attributes) > 1 else _tuple_getter(attributes)

    def project(value: object) -> dict[str, object]:
        shown = {
            name: item for name, item in zip(names, get(value), strict=True) if item is not None
        }
        for name, inner in inners:
            if name in shown:
                shown[name] = inner(shown[name])
        return shown

    return project


def _tuple_getter(attributes: list[str]) -> Callable[[object], tuple[object, ...]]:
    return lambda value: tuple(getattr(value, attribute) for attribute in attributes)


def _list(member: _Project | None) -> _Project:
    if member is None:
        return cast("_Project", list)

    def project(value: object) -> object:
        return [member(item) for item in value]  # type: ignore[attr-defined] # the shape is a list

    return project


@lru_cache(maxsize=8192)
def _date_text(value: object) -> object:
    # The dates of a resource are shown often, and a datetime caches its hash.
    return iso_text(value) if isinstance(value, datetime) else value


def _local_time(value: object) -> object:
    """A time as botocore's parser gives it: of epoch seconds, in the program's time zone."""
    # In the stubs a time is text; botocore passes what JSON holds, which is a number.
    parse: Callable[[Any], datetime] = parse_timestamp
    return parse(epoch_seconds(value)) if isinstance(value, datetime) else value
