"""Filters of the list operations: several values mean or, several filters mean and.

Names and values are case-sensitive. The filter ``name`` alone knows a wildcard: ``web*`` are the
names that begin with web, ``*web*`` those that contain it (API reference, Filter).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .errors import invalid_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from .errors import InvalidParameterValueException

F = TypeVar("F")


class Filters(Generic[F]):
    """What a request asks for, ready to be held against one thing after the other."""

    __slots__ = ("_tests",)

    def __init__(
        self,
        requested: Sequence[Mapping[str, object]],
        known: Mapping[str, Callable[[F], object]],
    ) -> None:
        """``known`` gives, for each name the operation takes, how a thing answers it.

        InvalidParameterValueException names the first filter that the operation does not take.
        """
        self._tests: list[tuple[Callable[[F], object], Callable[[str], bool]]] = []
        for position, entry in enumerate(requested):
            name = str(entry.get("name", ""))
            answer = known.get(name)
            if answer is None:
                raise unknown_filter(f"filters[{position}].name", name, known)
            values = entry.get("values")
            wanted = [str(value) for value in values] if isinstance(values, list) else []
            is_wanted = _of_names(wanted) if name == "name" else frozenset(wanted).__contains__
            self._tests.append((answer, is_wanted))

    def admit(self, thing: F) -> bool:
        return all(_is_met(answer(thing), is_wanted) for answer, is_wanted in self._tests)


def unknown_filter(path: str, name: str, known: Collection[str]) -> InvalidParameterValueException:
    return invalid_value(
        path,
        f"'{name}' is not a filter of this operation. Valid filters "
        f"are: {', '.join(sorted(known))}.",
    )


def _is_met(answer: object, is_wanted: Callable[[str], bool]) -> bool:
    answers = answer if isinstance(answer, (list, tuple)) else (answer,)
    return any(isinstance(one, str) and is_wanted(one) for one in answers)


def _of_names(wanted: Sequence[str]) -> Callable[[str], bool]:
    tests = [_of_name(value) for value in wanted]
    return lambda name: any(test(name) for test in tests)


def _of_name(value: str) -> Callable[[str], bool]:
    begin, star, rest = value.partition("*")
    if star and not rest:
        return lambda name: name.startswith(begin)
    if star and not begin and rest.endswith("*"):
        return lambda name: rest[:-1] in name
    return lambda name: name == value
