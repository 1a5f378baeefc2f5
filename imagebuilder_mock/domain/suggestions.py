"""Suggestions for a name that is not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAST_ALIKE = 0.6
_LISTED = 12


class Suggesting:
    """An object whose AttributeError suggests the attribute that was probably meant."""

    __slots__ = ()

    if not TYPE_CHECKING:  # a type checker would take every attribute as known

        def __getattr__(self, name: str) -> NoReturn:
            known = () if name.startswith("_") else [x for x in dir(self) if x[0] != "_"]
            kind = type(self).__name__
            msg = f"{kind!r} object has no attribute {name!r}.{did_you_mean(name, known)}"
            # With a name, Python would add a suggestion of its own.
            raise AttributeError(msg, name=None)


def closest(word: str, words: Iterable[str], *, cutoff: float = _LEAST_ALIKE) -> str | None:
    """The word that is most like a given one; None if none is like it. Case and "_" do not count.

    Among words that differ only in case, one with the same first letter as the given one wins. If
    no word is like it, the only word that has its parts and one other is meant.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - few tests make a slip

    ordered = sorted(words, key=lambda each: (each[:1] == word[:1], each))
    folded = {_folded(each): each for each in ordered}
    wanted = _folded(word)
    # A slip changes few letters: a word with only a part in common is another word.
    most = max(2, len(wanted) // 3)
    near = [each for each in folded if abs(len(each) - len(wanted)) <= most]
    alike = get_close_matches(wanted, near, n=1, cutoff=cutoff)
    meant = folded[alike[0]] if alike else _only_longer(word, ordered)
    return None if meant == word else meant


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """``" Did you mean 'builds'?"``, to append to a sentence; empty if no word is like it."""
    meant = closest(word, words)
    return "" if meant is None else f" Did you mean {meant!r}?"


def listed(words: Iterable[str]) -> str:
    """``one, two and 5 more``; ``none`` if there are none."""
    known = list(words)
    shown, left_out = ", ".join(known[:_LISTED]), len(known) - _LISTED
    return f"{shown} and {left_out:,} more" if left_out > 0 else shown or "none"


def _folded(word: str) -> str:
    return word.lower().replace("_", "")


def _only_longer(word: str, words: Iterable[str]) -> str | None:
    """``finish_all`` for ``finish``, unless there is another such word."""
    given = _parts(word)
    longer = [each for each in words if given < (parts := _parts(each)) and len(parts - given) == 1]
    return longer[0] if given and len(longer) == 1 else None


def _parts(word: str) -> set[str]:
    return {part.lower() for part in re.findall("[A-Z]*[a-z0-9]+|[A-Z]+", word)}
