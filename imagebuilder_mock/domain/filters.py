"""Filters of the list operations: several values mean or, several filters mean and.

Names and values are case-sensitive (API reference, Filter).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .errors import invalid_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")


class Filters(Generic[T]):
    """What a request asks for, ready to be held against one thing after the other."""

    __slots__ = ("_tests", "names")

    def __init__(
        self,
        requested: Sequence[Mapping[str, object]],
        known: Mapping[str, Callable[[T], object]],
    ) -> None:
        """``known`` gives, for each name the operation takes, how a thing answers it.

        InvalidParameterValueException names the first filter that the operation does not take.
        """
        self.names = [str(entry.get("name", "")) for entry in requested]
        self._tests: list[tuple[Callable[[T], object], frozenset[object]]] = []
        for position, entry in enumerate(requested):
            answer = known.get(self.names[position])
            if answer is None:
                raise invalid_value(
                    f"filters[{position}].name",
                    f"'{self.names[position]}' is not a filter of this operation. Valid filters "
                    f"are: {', '.join(sorted(known))}.",
                )
            values = entry.get("values")
            wanted = values if isinstance(values, list) else []
            self._tests.append((answer, frozenset(wanted)))

    def admit(self, thing: T) -> bool:
        return all(_matches(answer(thing), wanted) for answer, wanted in self._tests)


def _matches(answer: object, wanted: frozenset[object]) -> bool:
    if isinstance(answer, (list, tuple)):
        return any(_matches(one, wanted) for one in answer)
    return answer in wanted
