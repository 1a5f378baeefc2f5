"""Keep the ``--`` of a command line, which argparse would remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT_DASHES = "\0--"


def kept(arguments: Sequence[str]) -> list[str]:
    """The arguments to give to argparse."""
    return _with(KEPT_DASHES, "--", arguments)


def given_back(arguments: Sequence[str]) -> list[str]:
    """The arguments as the user wrote them."""
    return _with("--", KEPT_DASHES, arguments)


def _with(new: str, old: str, arguments: Sequence[str]) -> list[str]:
    return [new if argument == old else argument for argument in arguments]
