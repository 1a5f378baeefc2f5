"""The mark beside a method of the control object that makes it a request over HTTP.

Everything else about the request follows from the method: its path from its name, the arguments
and their types from its signature, what it does from its docstring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    F = TypeVar("F", bound=Callable[..., object])

MARK = "_imagebuilder_mock_published"


class Published(Value):
    """What the mark says of a method."""

    example: Mapping[str, object]
    answer: str | None


def published(answer: str | None = None, /, **example: object) -> Callable[[F], F]:
    """Publish a method, or the getter of a property, whose arguments JSON can hold.

    ``example`` is an example of the arguments, as JSON. The answer is what the method returns, or
    an object with that under the name ``answer``.
    """

    def mark(method: F) -> F:
        setattr(method, MARK, Published(example, answer))
        return method

    return mark
