"""What is wrong with a file, and where in it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class StateError(ValueError):
    """A state file cannot be read; the message has the file, the place in it and the reason."""


class Damage(Exception):
    """A value is not what belongs there; ``steps`` lead to it from the outside in."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.steps: list[str | int] = []

    @property
    def path(self) -> str:
        """``$.stores[0].resources[3].name``."""
        text = "$"
        for step in self.steps:
            text += f"[{step}]" if isinstance(step, int) else f".{step}"
        return text


@contextmanager
def damage_in(file: str | os.PathLike[str]) -> Iterator[None]:
    """Damage that is raised inside the block becomes a StateError, which names the file too."""
    try:
        yield
    except Damage as damage:
        msg = f"{os.fspath(file)}: {damage.path} {damage.detail}."
        raise StateError(msg) from None


class at:  # noqa: N801 - read as a word: ``with at("stores"):``
    """Damage that is raised inside the block is at these steps."""

    __slots__ = ("_steps",)

    def __init__(self, *steps: str | int) -> None:
        self._steps = steps

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Damage):
            error.steps[:0] = self._steps
