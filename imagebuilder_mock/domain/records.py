"""The members of a record: of a dataclass that changes, or of a NamedTuple that does not."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class RecordMember(NamedTuple):
    """A member's name, and what makes its value where none is given; None if one must be given."""

    name: str
    default: Callable[[], object] | None

    def is_default(self, value: object) -> bool:
        if self.default is None:
            return False
        default = self.default()
        return type(value) is type(default) and value == default


def is_record(cls: object) -> bool:
    """Whether it is a class of records."""
    return isinstance(cls, type) and (is_dataclass(cls) or hasattr(cls, "_field_defaults"))


def members_of(cls: type) -> list[RecordMember]:
    """The members in their order."""
    if not is_dataclass(cls):
        names, defaults = vars(cls)["_fields"], vars(cls)["_field_defaults"]
        return [RecordMember(name, _giving(defaults, name)) for name in names]
    return [
        RecordMember(field.name, field.default_factory)
        if field.default_factory is not MISSING
        else RecordMember(field.name, _giving({field.name: field.default}, field.name))
        for field in fields(cls)
    ]


def _giving(defaults: dict[str, object], name: str) -> Callable[[], object] | None:
    default = defaults.get(name, MISSING)
    return None if default is MISSING else lambda: default
