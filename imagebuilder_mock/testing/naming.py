"""Names that a test gives: those that exist, and what is said of others."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from imagebuilder_mock.protocol.model import operation_names

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_operation(name: str) -> None:
    """ValueError, with what there is, if the model has no such operation."""
    check_known("operation", name, operation_names())


def check_known(what: str, given: str, known: Sequence[str]) -> None:
    """ValueError, with the closest and with all that there are, for a name that is not known."""
    if given in known:
        return
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(str(given).replace("_", "").lower(), by_lower, n=1)
    hint = f" Did you mean {by_lower[close[0]]!r}?" if close else ""
    msg = f"There is no {what} {given!r}.{hint} There are: {', '.join(known)}."
    raise ValueError(msg)
