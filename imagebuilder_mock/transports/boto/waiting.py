"""Waiting between attempts: a client's retries back off in mock time, without sleeping."""

from __future__ import annotations

from datetime import timedelta
from math import floor
from string import Formatter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from botocore.hooks import first_non_none_response

from imagebuilder_mock.protocol.http import CUT
from imagebuilder_mock.protocol.model import SERVICE_NAME

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer
    from imagebuilder_mock.transports.patching import Method, Patches
    from imagebuilder_mock.world.faults import LostRequestError


class BackingOff:
    """Replaces the sleeping of one client."""

    def __init__(self, client: Any, gateway: Gateway) -> None:
        self._endpoint: Any = client._endpoint
        self._gateway = gateway
        self._limiters = [_LimiterInMockTime(limiter, gateway) for limiter in _limiters_of(client)]

    def open(self, patches: Patches) -> None:
        patches.patch(self._endpoint, "_needs_retry", self._needs_retry)
        for limiter in self._limiters:
            limiter.open(patches)

    def _needs_retry(
        self,
        _: Method,
        attempts: int,
        operation_model: Any,
        request_dict: Any,
        response: Any = None,
        caught_exception: Exception | None = None,
    ) -> Any:
        """``Endpoint._needs_retry``, which asks the client's handlers, and then sleeps."""
        return self._wait_as_told(
            self._endpoint._event_emitter.emit(
                f"needs-retry.{SERVICE_NAME}.{operation_model.name}",
                response=response,
                endpoint=self._endpoint,
                operation=operation_model,
                attempts=attempts,
                caught_exception=caught_exception,
                request_dict=request_dict,
            )
        )

    def _wait_as_told(self, responses: Any) -> Any:
        """Wait as long as a handler says; return whether to try again."""
        seconds = first_non_none_response(responses)
        if seconds is None or seconds is False:
            return False
        self._gateway.let_pass(timedelta(seconds=seconds))
        return True


class AsyncBackingOff(BackingOff):
    """The same for a client whose handlers are awaited."""

    async def _wait_as_told(self, responses: Any) -> Any:
        return super()._wait_as_told(await responses)


def _limiters_of(client: BaseClient) -> list[Any]:
    """The rate limiter of the retry mode ``adaptive``; none in other modes."""
    emitter = getattr(client.meta.events, "_emitter", client.meta.events)
    handlers = getattr(emitter, "_handlers", None)
    if handlers is None:
        return []
    owners = {
        getattr(handler, "__self__", None)
        for handler in handlers.prefix_search(f"before-send.{SERVICE_NAME}")
    }
    # By what it has: aiobotocore's is no subclass of botocore's.
    return [owner for owner in owners if hasattr(owner, "_token_bucket")]


class _LimiterInMockTime:
    """Makes a limiter wait in mock time: what it waits is added to the time that it measures."""

    def __init__(self, limiter: Any, gateway: Gateway) -> None:
        self._limiter = limiter
        self._gateway = gateway
        self._waited = 0.0

    def open(self, patches: Patches) -> None:
        patches.callback(self._catch_up)
        patches.patch(self._limiter, "_clock.current_time", self._current_time)
        patches.patch(self._limiter, "_token_bucket._sleep_amount", self._sleep_amount)

    def _catch_up(self) -> None:
        # The limiter's timestamps are ahead of real time by what was waited.
        limiter, now = self._limiter, self._limiter._clock.current_time()
        limiter._token_bucket._last_timestamp = now
        limiter._rate_clocker._last_bucket = floor(now)
        limiter._rate_adjustor._last_fail = min(limiter._rate_adjustor._last_fail, now)

    def _current_time(self, original: Method) -> float:
        return float(original()) + self._waited

    def _sleep_amount(self, original: Method, amount: float) -> float:
        """``TokenBucket._sleep_amount``: the bucket would sleep for what this returns."""
        seconds = float(original(amount))
        if seconds <= 0:
            return seconds
        self._waited += seconds
        self._gateway.let_pass(timedelta(seconds=seconds))
        self._limiter._token_bucket._refill()
        return float(original(amount))


def lost(gateway: Gateway, config: Any, url: str, failure: LostRequestError) -> BotoCoreError:
    """The client's error for a lost request, after the time that a time-out takes."""
    cls: Any = failure.error
    if issubclass(cls, (ConnectTimeoutError, ReadTimeoutError)):
        is_read = issubclass(cls, ReadTimeoutError)
        seconds = config.read_timeout if is_read else config.connect_timeout
        gateway.let_pass(timedelta(seconds=seconds or 0))
    return _new(cls, url, failure.message)


def check_arrival(config: Any, url: str, answer: Answer) -> None:
    """Raise the client's error for an answer that is too late or cut off."""
    limit = config.read_timeout
    if limit is not None and answer.latency > timedelta(seconds=limit):
        raise _new(ReadTimeoutError, url, "Read timed out.")
    if answer.is_cut:
        raise _new(ConnectionClosedError, url, CUT)


def _new(cls: type[BotoCoreError], url: str, message: str) -> BotoCoreError:
    """An error whose message template is filled in."""
    known = {"endpoint_url": url, "proxy_url": url, "error": message}
    names = [name for _, name, _, _ in Formatter().parse(cls.fmt) if name]
    given: dict[str, Any] = {name: known.get(name, message) for name in names}
    return cls(**given)
