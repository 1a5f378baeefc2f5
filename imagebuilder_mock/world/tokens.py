"""Tokens: those of clients, which make a request repeatable, and those of pages."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

from imagebuilder_mock.domain.errors import (
    IdempotentParameterMismatchException,
    InvalidPaginationTokenException,
)
from imagebuilder_mock.domain.records import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


TokenKey: TypeAlias = "tuple[str, str, str, str]"
"""Account, Region, operation and token."""

MOST_TOKENS = 10_000

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)


class UsedToken(Value):
    """A client token, and the answer that it got."""

    account_id: str
    region: str
    operation: str
    token: str
    fingerprint: bytes
    """Of the parameters of its request."""
    answer: Mapping[str, object]


class ClientTokens:
    """The newest tokens that were used, in the order of their use."""

    __slots__ = ("_used",)

    def __init__(self) -> None:
        self._used: dict[TokenKey, UsedToken] = {}

    def __iter__(self) -> Iterator[UsedToken]:
        return iter(self._used.values())

    def enter(self, used: UsedToken) -> None:
        self._used[used.account_id, used.region, used.operation, used.token] = used
        if len(self._used) > MOST_TOKENS:
            del self._used[next(iter(self._used))]

    def once(
        self, key: TokenKey, params: Mapping[str, object], do: Callable[[], Mapping[str, object]]
    ) -> Mapping[str, object]:
        """The answer that the token got before; if it is new, ``do`` the request for it.

        ``params`` are the parameters without the token; IdempotentParameterMismatchException if
        they differ from the first time.
        """
        fingerprint = _fingerprint(params)
        first = self._used.get(key)
        if first is None:
            first = UsedToken(*key, fingerprint, do())
            self.enter(first)
        elif first.fingerprint != fingerprint:
            raise IdempotentParameterMismatchException(
                "The client token was already used in a request with different parameters. Use a "
                "new client token, or the parameters of the first request."
            )
        return first.answer


def _fingerprint(params: Mapping[str, object]) -> bytes:
    return blake2b(_CANONICAL.encode(params).encode(), digest_size=16).digest()


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
