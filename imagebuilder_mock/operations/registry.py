"""The table of operations: AWS's name → the function that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from .context import Context

Result: TypeAlias = "Mapping[str, object]"
Handler: TypeAlias = "Callable[[Context, Any], Result]"

HANDLERS: dict[str, Handler] = {}

H = TypeVar("H", bound="Handler")


def operation(handler: H) -> H:
    """Enter a function under the operation that it is named after: ``create_image``."""
    HANDLERS["".join(word.title() for word in handler.__name__.split("_"))] = handler
    return handler
