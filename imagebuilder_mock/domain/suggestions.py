"""What may have been meant by a name that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAST_ALIKE = 0.6
_LISTED = 12


def closest(word: str, words: Iterable[str], *, cutoff: float = _LEAST_ALIKE) -> str | None:
    """The word that is most like a given one, whatever its case and "_"; None if none is.

    Among words that differ in their case alone, the one that begins as the given one does wins.
    """
    ordered = sorted(words, key=lambda each: (each[:1] == word[:1], each))
    folded = {_folded(each): each for each in ordered}
    alike = get_close_matches(_folded(word), folded, n=1, cutoff=cutoff)
    return folded[alike[0]] if alike and folded[alike[0]] != word else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """``" Did you mean 'builds'?"``, to stand behind a sentence; empty if no word is like it."""
    meant = closest(word, words)
    return "" if meant is None else f" Did you mean {meant!r}?"


def listed(words: Iterable[str], *, most: int = _LISTED) -> str:
    """``one, two and 5 more``; ``none`` if there are none."""
    known = list(words)
    left_out = len(known) - most
    shown = ", ".join(known[: most if left_out > 0 else None])
    return f"{shown} and {left_out:,} more" if left_out > 0 else shown or "none"


def _folded(word: str) -> str:
    return word.lower().replace("_", "")
