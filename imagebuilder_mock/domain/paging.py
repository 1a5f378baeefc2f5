"""Pages: how many there are on one, and the opaque token that says where the next begins."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from .errors import InvalidPaginationTokenException
from .ordered import Sequenced

if TYPE_CHECKING:
    from collections.abc import Callable

    from .ordered import OrderedIndex

DEFAULT_PAGE_SIZE = 25
"""Seen and documented (API reference, ``maxResults`` of ListComponents)."""

_CHECK_BYTES = 12

T = TypeVar("T", bound=Sequenced)
V = TypeVar("V")


class PageTokens:
    """Makes tokens and reads them; a token passes only in the list that gave it."""

    __slots__ = ("key",)

    def __init__(self, key: bytes) -> None:
        self.key = key

    def encode(self, scope: str, sequence: int) -> str:
        text = str(sequence).encode()
        return urlsafe_b64encode(self._check(scope, text) + text).decode()

    def decode(self, scope: str, token: str) -> int:
        """The position; InvalidPaginationTokenException if the list never gave this token."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except (Base64Error, ValueError):
            raw = b""
        check, text = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        # The encoding is compared too: base64 has several texts for the same bytes.
        if check != self._check(scope, text) or urlsafe_b64encode(raw).decode() != token:
            raise InvalidPaginationTokenException(
                "The value supplied for parameter 'nextToken' is not valid. 'nextToken' must be a "
                "token from a previous response of this operation."
            )
        return int(text)

    def _check(self, scope: str, text: bytes) -> bytes:
        return blake2b(
            scope.encode() + b"\0" + text, key=self.key, digest_size=_CHECK_BYTES
        ).digest()


def page_of(
    index: OrderedIndex[T],
    *,
    after: int | None,
    size: int,
    newest_first: bool,
    show: Callable[[T], V | None],
) -> tuple[list[V], int | None]:
    """Scan ``size`` entries and show those that are to be shown.

    What ``show`` answers None for is left out, after the page was cut: so a page can be short or
    empty and yet have a next one, as the service's are (aws-cli issue 8980). The second value is
    the position of the next page, None at the end.
    """
    entries = index.before(after) if newest_first else index.after(after)
    scanned = list(islice(entries, size + 1))
    more = len(scanned) > size
    shown = [view for view in map(show, scanned[:size]) if view is not None]
    return shown, scanned[size - 1].sequence if more else None
