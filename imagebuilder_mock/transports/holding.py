"""Holding a method of botocore's classes for as long as a mock is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Hold:
    """One method, replaced between ``take`` and ``release``."""

    def __init__(self, cls: type, name: str) -> None:
        self._cls = cls
        self._name = name
        self._original: Callable[..., Any] | None = None
        self._ours: Callable[..., Any] | None = None

    def take(self, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Put ``wrap(method)`` in the method's place."""
        self._original = getattr(self._cls, self._name)
        self._ours = wrap(self._original)
        setattr(self._cls, self._name, self._ours)

    def release(self) -> None:
        """Put the method back.

        Who has wrapped it after us keeps their wrap, and ours under it, which has to let
        everything through by then.
        """
        if getattr(self._cls, self._name) is self._ours:
            setattr(self._cls, self._name, self._original)
        self._original = self._ours = None
