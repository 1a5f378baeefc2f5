"""Holding a method of another library's class, or a function of it, while a mock is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


class Hold:
    """One method of a class, or function of a module, replaced between ``take`` and ``release``."""

    def __init__(self, cls: type | ModuleType, name: str) -> None:
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
