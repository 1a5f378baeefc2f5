"""The options of a mock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from os import PathLike
from typing import Literal, TypedDict, get_args

from imagebuilder_mock.domain.quotas import DEFAULTS
from imagebuilder_mock.domain.suggestions import did_you_mean, listed

from .clock import aware

BuildMode = Literal["observed", "instant", "clock", "held"]
UnknownMembers = Literal["refuse", "ignore"]
NeighbourMode = Literal["auto", "strict", "off"]

_ACCOUNT_DIGITS = 12


class Options(TypedDict, total=False):
    """The keyword options of ``mock_imagebuilder``, for type checkers."""

    builds: BuildMode
    """What moves builds on: requests that show them (``"observed"``, the default), their creation,
    to the end (``"instant"``), mock time (``"clock"``), or ``mock.builds`` (``"held"``)."""
    account_id: str
    """12 digits: the account of clients whose credentials name no other."""
    quotas: bool | Mapping[str, int]
    """Whether the service's quotas apply; a mapping replaces some of them, by their names."""
    seed: int
    """What ids are made from: the same seed gives the same ids."""
    now: datetime | None
    """An aware datetime at which the clock stands still; by default it follows real time."""
    inspector: bool
    """Whether Amazon Inspector is activated, which scans images."""
    neighbours: NeighbourMode
    """Whether names are looked up in moto: once a test has made a resource of their service there
    (``"auto"``, the default), always (``"strict"``) or never (``"off"``)."""
    unknown_members: UnknownMembers
    """What to do with parameters that the model does not have: ``"refuse"`` or ``"ignore"``."""
    state: str | PathLike[str] | None
    """A file that ``mock.save()`` or ``imagebuilder-mock capture`` wrote, to start from."""
    calls_kept_bytes: int
    """How much memory ``mock.calls`` may take, by default 64 MiB; 0 keeps no calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options of ``mock_imagebuilder``, checked.

    ValueError or TypeError says what was given, what exists, and what to write instead.
    """

    builds: BuildMode = "observed"
    account_id: str = "123456789012"
    quotas: bool | Mapping[str, int] = True
    seed: int = 0
    now: datetime | None = None
    inspector: bool = True
    neighbours: NeighbourMode = "auto"
    unknown_members: UnknownMembers = "refuse"
    state: str | PathLike[str] | None = None
    calls_kept_bytes: int = 64 * 1024**2

    def __post_init__(self) -> None:
        _check_choice("builds", self.builds, get_args(BuildMode))
        _check_choice("neighbours", self.neighbours, get_args(NeighbourMode))
        _check_choice("unknown_members", self.unknown_members, get_args(UnknownMembers))
        _check_type("seed", self.seed, int)
        _check_type("inspector", self.inspector, bool)
        _check_type("calls_kept_bytes", self.calls_kept_bytes, int)
        if self.calls_kept_bytes < 0:
            msg = (
                f"calls_kept_bytes={self.calls_kept_bytes}: give a number of bytes, "
                "or 0 to keep no calls."
            )
            raise ValueError(msg)
        check_account_id(self.account_id)
        if self.now is not None:
            _check_type("now", self.now, datetime)
            aware(self.now, "now=")
        if self.state is not None and not isinstance(self.state, (str, PathLike)):
            msg = f"state={self.state!r}: give the path of a file that mock.save() wrote."
            raise TypeError(msg)
        if not isinstance(self.quotas, bool):
            _check_quotas(self.quotas)

    @classmethod
    def from_options(cls, options: Mapping[str, object]) -> Settings:
        """Read keyword options; TypeError names an unknown one and lists those that exist."""
        known = [field.name for field in fields(cls)]
        for name in options:
            if name not in known:
                hint = did_you_mean(name, known)
                msg = (
                    f"mock_imagebuilder() has no option {name!r}.{hint} It has: {', '.join(known)}."
                )
                raise TypeError(msg)
        return cls(**options)  # type: ignore[arg-type] # each value is checked in __post_init__


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        msg = f"{name}={value!r}: choose one of {', '.join(map(repr, choices))}."
        raise ValueError(msg)


def _check_type(name: str, value: object, expected: type) -> None:
    is_truth = isinstance(value, bool) and expected is int
    if is_truth or not isinstance(value, expected):
        msg = f"{name}={value!r}: give {expected.__name__}, not {type(value).__name__}."
        raise TypeError(msg)


def check_account_id(account_id: object) -> None:
    """ValueError if it is none."""
    if not is_account_id(account_id):
        msg = f"account_id={account_id!r}: an account is a string of 12 digits."
        raise ValueError(msg)


def is_account_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == _ACCOUNT_DIGITS and value.isdecimal()


def _check_quotas(quotas: Mapping[str, int]) -> None:
    _check_type("quotas", quotas, Mapping)
    for name, limit in quotas.items():
        if name not in DEFAULTS:
            hint = did_you_mean(name, DEFAULTS) or f" It has: {listed(map(repr, DEFAULTS))}."
            msg = f"quotas has no {name!r}.{hint}"
            raise ValueError(msg)
        if type(limit) is not int or limit < 0:
            msg = f"quotas[{name!r}]={limit!r}: give a whole number of at least 0."
            raise ValueError(msg)
