"""The exceptions that botocore raises when no answer comes, made as botocore makes them."""

from __future__ import annotations

from datetime import timedelta
from string import Formatter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)

if TYPE_CHECKING:
    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer
    from imagebuilder_mock.world.faults import LostRequestError

_CUT = "the connection was closed in the middle of the response body"


class Patience:
    """How long a client waits, in mock time, before it gives up."""

    def __init__(self, gateway: Gateway, config: Any, url: str) -> None:
        self._gateway = gateway
        self._config = config
        self._url = url

    def give_up(self, failure: LostRequestError) -> BotoCoreError:
        """What the client raises; a time-out has cost its time first."""
        cls: Any = failure.error
        if issubclass(cls, ConnectTimeoutError):
            self._wait(self._config.connect_timeout)
        elif issubclass(cls, ReadTimeoutError):
            self._wait(self._config.read_timeout)
        return _new(cls, self._url, failure.message)

    def check(self, answer: Answer) -> None:
        """Raise what a client raises that gets this answer late, or in part."""
        limit = self._config.read_timeout
        if limit is not None and answer.latency > timedelta(seconds=limit):
            raise _new(ReadTimeoutError, self._url, "Read timed out.")
        if answer.is_cut:
            raise _new(ConnectionClosedError, self._url, _CUT)

    def _wait(self, seconds: float | None) -> None:
        self._gateway.let_pass(timedelta(seconds=seconds or 0))


def _new(cls: type[BotoCoreError], url: str, message: str) -> BotoCoreError:
    """Fill in what the class's own text asks for."""
    known = {"endpoint_url": url, "proxy_url": url, "error": message}
    names = [name for _, name, _, _ in Formatter().parse(cls.fmt) if name]
    given: dict[str, Any] = {name: known.get(name, message) for name in names}
    return cls(**given)
