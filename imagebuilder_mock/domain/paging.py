"""The opaque token that says where a list's next page begins."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b

from .errors import InvalidPaginationTokenException

_CHECK_BYTES = 12


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
