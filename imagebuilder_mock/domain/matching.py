"""Whether what is found is what was expected, and where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def holds(expected: object, found: object) -> bool:
    """Whether ``found`` is what was expected; of a mapping, only the members that are named."""
    return next(differences(expected, found), None) is None


def differences(expected: object, found: object, path: str = "") -> Iterator[str]:
    """A sentence for each place at which they differ, in the order of what was expected."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, value in expected.items():
            place = f"{path}.{name}" if path else str(name)
            if name in found:
                yield from differences(value, found[name], place)
            else:
                yield f"{place}: expected {value!r}, and there was none"
    elif _are_lists(expected, found) and len(expected) == len(found):  # type: ignore[arg-type]
        for position, (value, item) in enumerate(zip(expected, found, strict=True)):  # type: ignore[call-overload]
            yield from differences(value, item, f"{path}[{position}]")
    elif expected != found:
        yield f"{path}: expected {expected!r}, and it was {found!r}"


def _are_lists(*values: object) -> bool:
    return all(isinstance(value, (list, tuple)) for value in values)
