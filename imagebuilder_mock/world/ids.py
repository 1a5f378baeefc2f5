"""Made-up identifiers, in the forms AWS gives them; the same seed gives the same ones."""

from __future__ import annotations

from typing import Protocol


class RandomSource(Protocol):
    """What identifiers are made from: ``random.Random`` has it."""

    def getrandbits(self, k: int, /) -> int: ...


_WORD_BITS = 32


class Ids:
    """A stream of identifiers that knows how much of its source it has used."""

    __slots__ = ("_source", "drawn")

    def __init__(self, source: RandomSource) -> None:
        self._source = source
        self.drawn = 0
        """How much of the source has been used, in the words of 32 bits that ``Random`` makes."""

    def skip_to(self, drawn: int) -> None:
        """Go on from where another stream of the same seed was; never back."""
        ahead = drawn - self.drawn
        if ahead > 0:
            self._bits(_WORD_BITS * ahead)

    def hexadecimal(self, digits: int) -> str:
        return f"{self._bits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """A random UUID (version 4), as request ids and execution ids are."""
        bits = self._bits(128)
        text, variant = f"{bits:032x}", "89ab"[bits >> 60 & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def ami(self) -> str:
        return f"ami-0{self.hexadecimal(16)}"

    def instance(self) -> str:
        return f"i-0{self.hexadecimal(16)}"

    def snapshot(self) -> str:
        return f"snap-0{self.hexadecimal(16)}"

    def _bits(self, count: int) -> int:
        self.drawn += -(-count // _WORD_BITS)
        return self._source.getrandbits(count)
