"""What EC2 knows of AMIs: everything of one that a build made, a little of any other.

Image Builder itself keeps only an AMI's name and where it is (``Ami`` of an image).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from imagebuilder_mock.domain.records import Record, Value, fresh, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class AmiFacts(Value):
    """What a build needs to know of the AMI that it starts from; None where nobody can tell."""

    platform: str | None = None
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    architecture: str | None = None
    name: str | None = None
    devices: tuple[Mapping[str, Any], ...] = ()
    """Its EBS volumes as EC2 describes them, the root first."""


_ACCOUNT_DIGITS = 12

MachineImageState = Literal["available", "disabled", "deregistered"]


class MachineImage(Record, kw_only=True):
    """One AMI that a build made. Lifecycle rules look at it, and a test may change it freely."""

    image_id: str
    account_id: str
    region: str
    name: str
    creation_date: datetime
    description: str | None = None
    platform: str | None = None
    architecture: str = "x86_64"
    snapshots: tuple[str, ...] = ()
    """The ids of the snapshots that have not been deleted."""
    devices: tuple[dict[str, object], ...] = ()
    """Its EBS volumes in the form of EC2's ``BlockDeviceMappings``, the root first."""
    tags: dict[str, str] = fresh(factory=dict)
    watermarks: tuple[str, ...] = ()
    """Those of the recipe, and of the AMI that the build started from."""
    public: bool = False
    shared_with: frozenset[str] = frozenset()
    """The accounts that may launch it."""
    last_launched: datetime | None = None
    """As EC2 reports it: None if no launch was recorded."""
    state: MachineImageState = "available"
    deprecation_time: datetime | None = None
    """When it is, or was, deprecated."""
    is_in_ec2: bool = False
    """Whether it is also in an EC2 beside the mock (moto's, or an emulator's)."""

    def __setattr__(self, name: str, value: object) -> None:
        """ValueError for what the rules could not read, or would take for something else."""
        if name in _READ:
            is_right, instead = _READ[name]
            if not is_right(value):
                msg = f"{name}={value!r}: give {instead}."
                raise ValueError(msg)
            if name == "shared_with":
                value = frozenset(value)  # type: ignore[call-overload] # it is a collection
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MachineImage) and values_of(self) == values_of(other)

    __hash__ = None  # type: ignore[assignment] # it changes


def _is_moment(value: object) -> bool:
    return value is None or (isinstance(value, datetime) and value.tzinfo is not None)


def _are_tags(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, str) for tag in value.items() for each in tag
    )


def _are_accounts(value: object) -> bool:
    return isinstance(value, (frozenset, set, list, tuple)) and all(
        isinstance(each, str)
        and len(each) == _ACCOUNT_DIGITS
        and each.isascii()
        and each.isdecimal()
        for each in value
    )


_MOMENT = (_is_moment, "a datetime with a time zone, or None")

_READ: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "last_launched": _MOMENT,
    "deprecation_time": _MOMENT,
    "tags": (_are_tags, "a dict of strings, such as {'team': 'web'}"),
    "public": (lambda value: isinstance(value, bool), "True or False"),
    "shared_with": (_are_accounts, "a set of account ids, each a string of 12 digits"),
    "state": (
        lambda value: value in get_args(MachineImageState),
        f"one of {', '.join(map(repr, get_args(MachineImageState)))}",
    ),
}
"""What a test sets, and what each has to be."""
