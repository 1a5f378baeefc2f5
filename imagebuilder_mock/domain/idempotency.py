"""Client tokens: a request that is repeated gets its first answer and does nothing more.

Source: API reference, "clientToken" of every operation that has it. How long the service
remembers a token is not documented; a world remembers the newest ones, so that a server that runs
for days does not grow with its calls.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

from .errors import IdempotentParameterMismatchException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TokenKey: TypeAlias = "tuple[str, str, str, str]"
"""Account, Region, operation and token."""

MOST_TOKENS = 10_000


@dataclass(frozen=True, slots=True)
class UsedToken:
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

    def recall(self, key: TokenKey, params: Mapping[str, object]) -> Mapping[str, object] | None:
        """The answer that the token got before, or None if it is new.

        ``params`` are the parameters without the token; IdempotentParameterMismatchException if
        they differ from the first time.
        """
        first = self._used.get(key)
        if first is None:
            return None
        if first.fingerprint != _fingerprint(params):
            raise IdempotentParameterMismatchException(
                "The client token was already used in a request with different parameters. Use a "
                "new client token, or the parameters of the first request."
            )
        return first.answer

    def remember(
        self,
        key: TokenKey,
        params: Mapping[str, object],
        answer: Mapping[str, object],
    ) -> None:
        self.enter(UsedToken(*key, _fingerprint(params), answer))


def _fingerprint(params: Mapping[str, object]) -> bytes:
    text = json.dumps(params, sort_keys=True, separators=(",", ":"), default=str)
    return blake2b(text.encode(), digest_size=16).digest()
