"""Things in the order in which they were made: to be read, and indexed for pages of any list."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import SupportsIndex

Item_co = TypeVar("Item_co", covariant=True)


class Indexed(Protocol[Item_co]):
    """What has things at positions: a list, a deque."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Item_co]: ...
    def __getitem__(self, position: SupportsIndex, /) -> Item_co: ...


class InOrder(Generic[Item_co]):
    """Things to read as a list is read; a slice is a list.

    A loop goes over those that are there when it begins, so it may add and remove some.
    """

    __slots__ = ()

    @abstractmethod
    def _in_order(self) -> Indexed[Item_co]:
        """The things themselves."""

    def __len__(self) -> int:
        return len(self._in_order())

    def __iter__(self) -> Iterator[Item_co]:
        return iter(tuple(self._in_order()))

    @overload
    def __getitem__(self, position: SupportsIndex, /) -> Item_co: ...
    @overload
    def __getitem__(self, position: slice, /) -> list[Item_co]: ...
    def __getitem__(self, position: SupportsIndex | slice, /) -> Item_co | list[Item_co]:
        if isinstance(position, slice):
            return list(self)[position]
        try:
            return self._in_order()[position]
        except IndexError:
            msg = f"{position} is out of range: {self!r} has length {len(self):,}."
            raise IndexError(msg) from None


class Sequenced(Protocol):
    """Something that got a number when it was made; later things have higher numbers."""

    sequence: int


class Numbering:
    """Gives out the numbers: each is one higher than the last."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


T = TypeVar("T", bound=Sequenced)

_SPARE_ENTRIES = 64


class OrderedIndex(Generic[T]):
    """Things by their sequence number.

    What is added goes to the end, and what is removed leaves a gap; gaps are closed when they
    outnumber the things. So adding, removing and going on from a number, forwards or backwards,
    are cheap at any size.
    """

    __slots__ = ("_count", "_entries", "_sequences")

    def __init__(self, things: Iterable[T] = ()) -> None:
        self._sequences: list[int] = []
        self._entries: list[T | None] = []
        self._count = 0
        for thing in things:
            self.add(thing)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return self.after(None)

    def add(self, thing: T) -> None:
        sequence, sequences = thing.sequence, self._sequences
        if not sequences or sequence > sequences[-1]:
            sequences.append(sequence)
            self._entries.append(thing)
        else:
            # A resource can be shared later than one that is newer.
            place = self._place(thing)
            sequences.insert(place, sequence)
            self._entries.insert(place, thing)
        self._count += 1

    def remove(self, thing: T) -> None:
        self._entries[self._place(thing)] = None
        self._count -= 1
        if len(self._entries) > 2 * self._count + _SPARE_ENTRIES:
            kept = [entry for entry in self._entries if entry is not None]
            self._entries = list(kept)
            self._sequences = [entry.sequence for entry in kept]

    def replace(self, thing: T) -> None:
        """Put ``thing`` where the one with its sequence number stands."""
        self._entries[self._place(thing)] = thing

    def after(self, sequence: int | None) -> Iterator[T]:
        """The things with higher numbers, oldest first; all of them for None."""
        start = 0 if sequence is None else bisect_right(self._sequences, sequence)
        for position in range(start, len(self._entries)):
            entry = self._entries[position]
            if entry is not None:
                yield entry

    def before(self, sequence: int | None) -> Iterator[T]:
        """The things with lower numbers, newest first; all of them for None."""
        end = len(self._entries) if sequence is None else bisect_left(self._sequences, sequence)
        for position in range(end - 1, -1, -1):
            entry = self._entries[position]
            if entry is not None:
                yield entry

    def _place(self, thing: T) -> int:
        return bisect_left(self._sequences, thing.sequence)
