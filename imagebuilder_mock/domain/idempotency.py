"""Client tokens: a request that is repeated gets its first answer and does nothing more.

Source: API reference, "clientToken" of every operation that has it. How long the service
remembers a token is not documented; a world remembers the newest ones, so that a server that runs
for days does not grow with its calls.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from .errors import IdempotentParameterMismatchException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


MOST_TOKENS = 10_000


class ClientTokens:
    """The newest tokens that were used, each with its request's fingerprint and its answer."""

    __slots__ = ("_answers",)

    def __init__(self) -> None:
        self._answers: dict[tuple[str, ...], tuple[bytes, Mapping[str, object]]] = {}

    def entries(self) -> Iterator[tuple[tuple[str, ...], bytes, Mapping[str, object]]]:
        """Each token's key, fingerprint and answer, as ``enter`` takes them."""
        for key, (fingerprint, answer) in self._answers.items():
            yield key, fingerprint, answer

    def enter(self, key: tuple[str, ...], fingerprint: bytes, answer: Mapping[str, object]) -> None:
        self._answers[key] = (fingerprint, answer)
        if len(self._answers) > MOST_TOKENS:
            del self._answers[next(iter(self._answers))]

    def recall(
        self, key: tuple[str, ...], params: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        """The answer that the token got before, or None if it is new.

        ``key`` is account, Region, operation and token; ``params`` are the parameters without the
        token. IdempotentParameterMismatchException if they differ from the first time.
        """
        first = self._answers.get(key)
        if first is None:
            return None
        fingerprint, answer = first
        if fingerprint != _fingerprint(params):
            raise IdempotentParameterMismatchException(
                "The client token was already used in a request with different parameters. Use a "
                "new client token, or the parameters of the first request."
            )
        return answer

    def remember(
        self, key: tuple[str, ...], params: Mapping[str, object], answer: Mapping[str, object]
    ) -> None:
        self.enter(key, _fingerprint(params), answer)


def _fingerprint(params: Mapping[str, object]) -> bytes:
    text = json.dumps(params, sort_keys=True, separators=(",", ":"), default=str)
    return blake2b(text.encode(), digest_size=16).digest()
