"""What commands share: the flags of the mock's options, and the ``--`` of a command line."""

from __future__ import annotations

import argparse
import os
import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from imagebuilder_mock.domain.suggestions import closest
from imagebuilder_mock.world.settings import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.world.settings import Option

T = TypeVar("T")

KEPT_DASHES = "\0--"
"""Stands for ``--``, which argparse would remove."""

REGION_VARIABLE = "IMAGEBUILDER_MOCK_REGION"

_PREFIX = "IMAGEBUILDER_MOCK_"


def add_options(parser: argparse.ArgumentParser, **other_help: str) -> None:
    """A flag for each option of ``mock_imagebuilder``, with the environment's value as default."""
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="show each call, each refusal with its rule, and each stage of a build",
    )
    options = parser.add_argument_group(
        "options of the mock",
        "An option that is not given is taken from the environment: IMAGEBUILDER_MOCK_BUILDS "
        "and so on.",
    )
    for option in OPTIONS.values():
        options.add_argument(
            option.flag,
            type=explained(partial(_read, option)),
            choices=option.choices or None,
            metavar=option.metavar,
            default=os.environ.get(option.variable) or None,  # argparse reads it if it is used
            help=other_help.get(option.name, option.help),
        )


def mock_of(
    parser: argparse.ArgumentParser, given: argparse.Namespace, **more: object
) -> ImageBuilderMock:
    """The mock that the options ask for; wrong ones end the process with status 2.

    So does a variable of the environment that has nearly the name of an option's.
    """
    if slip := _misspelt_variable():
        parser.error(slip)
    # The command line itself, and commands without a mock, do without it.
    from imagebuilder_mock.mock import ImageBuilderMock  # noqa: PLC0415

    named = {name: getattr(given, name) for name in OPTIONS if name != "state"} | more
    options: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    try:
        return ImageBuilderMock(**options)
    except ValueError as error:
        # The mock names its options as Python does.
        parser.error(re.sub("^([a-z_]+)=", lambda found: _source(found[1], named), str(error)))


def _misspelt_variable() -> str | None:
    """What to say of a variable that was probably meant for the mock; None if there is none.

    Others that begin as the mock's do may be the user's own.
    """
    known = {option.variable for option in OPTIONS.values()} | {REGION_VARIABLE}
    names = [name.removeprefix(_PREFIX) for name in known]
    for variable, value in os.environ.items():
        if value and variable.startswith(_PREFIX) and variable not in known:
            meant = closest(variable.removeprefix(_PREFIX), names)
            if meant is not None:
                return f"{variable}: there is no such variable. Did you mean {_PREFIX}{meant}?"
    return None


def explained(read: Callable[[str], T]) -> Callable[[str], T]:
    """A reader whose ValueErrors argparse shows: of other errors it does not show the text."""

    def reader(text: str) -> T:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return reader


def _read(option: Option, text: str) -> object:
    try:
        return option.read(text)
    except ValueError as error:
        source = f"{option.variable}=" if text == os.environ.get(option.variable) else ""
        msg = f"{source}{text!r}: {error}"
        raise ValueError(msg) from None


def _source(name: str, given: Mapping[str, object]) -> str:
    """Where the user gave an option: as a variable of the environment, or else as a flag."""
    option = OPTIONS[name]
    try:
        is_variable = option.read(os.environ.get(option.variable) or "") == given[name]
    except ValueError:
        # The flag has been given beside a variable that is no better, or that is not there.
        is_variable = False
    return f"{option.variable}=" if is_variable else f"{option.flag} "


def with_kept_dashes(arguments: Sequence[str]) -> list[str]:
    """The arguments to give to argparse."""
    return [KEPT_DASHES if argument == "--" else argument for argument in arguments]


def as_written(arguments: Sequence[str]) -> list[str]:
    """Arguments that argparse has returned, as the user wrote them."""
    return ["--" if argument == KEPT_DASHES else argument for argument in arguments]
