"""The options of a mock: what each may be, and how it is given in code, in a file, in a shell.

A new option is a row of ``OPTIONS``, and a member of ``Settings`` and of ``Options``, which has its
type for type checkers and its description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast, get_args

from imagebuilder_mock.domain.quotas import DEFAULTS
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.suggestions import did_you_mean, listed

from .clock import aware, moment_of

if TYPE_CHECKING:
    from datetime import datetime

BuildMode = Literal["observed", "instant", "clock", "held"]
UnknownMembers = Literal["refuse", "ignore"]
NeighbourMode = Literal["auto", "strict", "off"]

_ACCOUNT_DIGITS = 12

DEFAULT_ACCOUNT = "123456789012"


class Options(TypedDict, total=False):
    """The keyword options of ``mock_imagebuilder``, for type checkers."""

    builds: BuildMode
    """What moves builds on: requests that show them (``"observed"``, the default), mock time
    (``"clock"``), or only ``mock.builds`` (``"held"``); with ``"instant"``, a build is complete
    as soon as it is created."""
    account_id: str
    """The account, 12 digits, of clients whose credentials name no other. The default is moto's
    account while moto is on (``MOTO_ACCOUNT_ID``), otherwise 123456789012."""
    quotas: bool | Mapping[str, int]
    """Whether the service's quotas apply; a mapping replaces some of them by name."""
    seed: int
    """What ids are made from: the same seed gives the same ids."""
    now: datetime | None
    """An aware datetime at which the clock stands still; by default it follows real time."""
    inspector: bool
    """Whether Amazon Inspector is active; otherwise no image is scanned."""
    neighbours: NeighbourMode
    """Whether names are looked up in moto: once a test has made a resource of their service there
    (``"auto"``, the default), always (``"strict"``) or never (``"off"``)."""
    unknown_members: UnknownMembers
    """What to do with parameters that the model does not have: ``"refuse"`` or ``"ignore"``."""
    state: str | PathLike[str] | None
    """A file that ``mock.save()`` or ``imagebuilder-mock capture`` wrote, to start from."""
    calls_kept_bytes: int
    """How much memory ``mock.calls`` may take, by default 64 MiB; 0 keeps no calls."""


class Option(Value):
    """An option's description, check and reader; its type stands in ``Options``.

    pytest's ini entry, the flag of the command line and the environment variable follow from
    this; the marker takes the keyword itself.
    """

    name: str
    help: str
    ensure: Callable[[str, Any], None]
    """Takes its name and a value; ValueError or TypeError says what to write instead."""
    read: Callable[[str], object] = str
    """Takes a text; ValueError says what to write instead, as the end of a sentence."""
    choices: tuple[str, ...] = ()
    metavar: str | None = None

    @property
    def flag(self) -> str:
        return f"--{self.name.replace('_', '-')}"

    @property
    def ini(self) -> str:
        return f"imagebuilder_{self.name}"

    @property
    def variable(self) -> str:
        return f"IMAGEBUILDER_MOCK_{self.name.upper()}"


# How a value is checked, and read from a text.


def _check_choice(name: str, value: object) -> None:
    choices = OPTIONS[name].choices
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        msg = f"{name}={value!r}: choose one of {listed}."
        raise ValueError(msg)


def _check_bytes(name: str, value: int) -> None:
    _check_type(name, value, int)
    if value < 0:
        msg = f"{name}={value}: give a number of bytes, or 0 to keep no calls."
        raise ValueError(msg)


def _check_moment(name: str, value: object) -> None:
    if value is not None:
        aware(cast("datetime", value), f"{name}=")


def _check_path(name: str, value: object) -> None:
    if value is not None and not isinstance(value, (str, PathLike)):
        msg = f"{name}={value!r}: give the path of a file that mock.save() wrote."
        raise TypeError(msg)


def _check_quotas(name: str, value: object) -> None:
    if isinstance(value, bool):
        return
    _check_type(name, value, Mapping)
    for quota, limit in cast("Mapping[str, object]", value).items():
        if quota not in DEFAULTS:
            hint = did_you_mean(quota, DEFAULTS) or f" It has: {listed(map(repr, DEFAULTS))}."
            msg = f"{name} has no {quota!r}.{hint}"
            raise ValueError(msg)
        if type(limit) is not int or limit < 0:
            msg = f"{name}[{quota!r}]={limit!r}: give a whole number of at least 0."
            raise ValueError(msg)


def _check_account_id(_: str, value: object) -> None:
    if value is not None:
        check_account_id(value)


def _check_type(name: str, value: object, expected: type) -> None:
    is_truth = isinstance(value, bool) and expected is int
    if is_truth or not isinstance(value, expected):
        msg = f"{name}={value!r}: give {expected.__name__}, not {type(value).__name__}."
        raise TypeError(msg)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        msg = "give a whole number."
        raise ValueError(msg) from None


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        msg = "give true or false."
        raise ValueError(msg)
    return _TRUTHS[text.lower()]


_TRUTHS = {"true": True, "false": False}


def _quotas(text: str) -> bool | Mapping[str, int]:
    if text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    limits = {}
    for entry in text.split(","):
        name, _, limit = entry.partition("=")
        if not limit.strip().isdecimal():
            msg = "give true, false, or some quotas, such as 'image pipelines=3, components=10'."
            raise ValueError(msg)
        limits[name.strip()] = int(limit)
    return limits


def _moment(text: str) -> datetime:
    try:
        moment = moment_of(text)
    except ValueError:
        msg = "give a time such as 2024-01-31T12:00:00Z."
        raise ValueError(msg) from None
    if moment.tzinfo is None:
        msg = "give a time with its zone, such as 2024-01-31T12:00:00Z."
        raise ValueError(msg)
    return moment


OPTIONS: Mapping[str, Option] = {
    option.name: option
    for option in (
        Option(
            name="builds",
            help="what moves builds on: requests that show them (observed, the default), mock "
            "time, or only mock.builds; instant completes them at once",
            ensure=_check_choice,
            choices=get_args(BuildMode),
        ),
        Option(
            name="account_id",
            help="the account of clients whose credentials name no other (default: 123456789012, "
            "or moto's if moto is on)",
            ensure=_check_account_id,
        ),
        Option(
            name="quotas",
            help="whether the service's quotas apply; or some of them, 'image pipelines=3, "
            "components=10' (default: true)",
            ensure=_check_quotas,
            read=_quotas,
            metavar="{true,false,NAME=NUMBER,...}",
        ),
        Option(
            name="seed",
            help="a number for reproducible ids (default: 0)",
            ensure=partial(_check_type, expected=int),
            read=_whole,
            metavar="NUMBER",
        ),
        Option(
            name="now",
            help="stop the clock at this ISO time, with a time zone",
            ensure=_check_moment,
            read=_moment,
            metavar="TIME",
        ),
        Option(
            name="inspector",
            help="whether Amazon Inspector is active and scans images (default: true)",
            ensure=partial(_check_type, expected=bool),
            read=_truth,
            metavar="{true,false}",
        ),
        Option(
            name="neighbours",
            help="whether names are looked up in moto: once something was made there (auto, the "
            "default), always, or never",
            ensure=_check_choice,
            choices=get_args(NeighbourMode),
        ),
        Option(
            name="unknown_members",
            help="what to do with parameters that the model does not have (default: refuse; of a "
            "server: ignore)",
            ensure=_check_choice,
            choices=get_args(UnknownMembers),
        ),
        Option(
            name="state",
            help="start from a file that mock.save() or imagebuilder-mock capture wrote",
            ensure=_check_path,
            read=Path,
            metavar="FILE",
        ),
        Option(
            name="calls_kept_bytes",
            help="how much memory the calls that are kept may take (default: 64 MiB)",
            ensure=_check_bytes,
            read=_whole,
            metavar="BYTES",
        ),
    )
}
"""The options by their names. ``Settings`` has their types and defaults."""


class Settings(Value, kw_only=True):
    """The options of ``mock_imagebuilder``, checked.

    ValueError or TypeError says what was given, what exists, and what to write instead.
    """

    builds: BuildMode = "observed"
    account_id: str | None = None
    """None: the default, which beside moto is moto's."""
    quotas: bool | Mapping[str, int] = True
    seed: int = 0
    now: datetime | None = None
    inspector: bool = True
    neighbours: NeighbourMode = "auto"
    unknown_members: UnknownMembers = "refuse"
    state: str | PathLike[str] | None = None
    calls_kept_bytes: int = 64 * 1024**2

    @classmethod
    def from_options(cls, options: Mapping[str, object]) -> Settings:
        """Read keyword options; TypeError names an unknown one and lists those that exist."""
        for name in options:
            if name not in OPTIONS:
                hint = did_you_mean(name, OPTIONS)
                msg = (
                    f"mock_imagebuilder() has no option {name!r}.{hint} It has: "
                    f"{', '.join(OPTIONS)}."
                )
                raise TypeError(msg)
            OPTIONS[name].ensure(name, options[name])
        return cls(**options)  # type: ignore[arg-type] # each value has been checked


def check_account_id(account_id: object, given_as: str = "account_id=") -> None:
    """ValueError if it is not the id of an account."""
    if not is_account_id(account_id):
        msg = f"{given_as}{account_id!r}: an account is a string of 12 digits."
        raise ValueError(msg)


def is_account_id(value: object) -> bool:
    if not isinstance(value, str) or len(value) != _ACCOUNT_DIGITS:
        return False
    return value.isascii() and value.isdecimal()
