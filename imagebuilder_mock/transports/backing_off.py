"""Waiting between attempts: botocore's retries back off in mock time, without sleeping."""

from __future__ import annotations

from datetime import timedelta
from math import floor
from typing import TYPE_CHECKING, Any

from botocore.hooks import first_non_none_response
from botocore.retries.adaptive import ClientRateLimiter

from imagebuilder_mock.protocol.model import SERVICE_NAME

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from imagebuilder_mock.gateway import Gateway


class BackingOff:
    """Stands in for one client's sleeping until ``remove``."""

    def __init__(self, client: Any, gateway: Gateway) -> None:
        self._endpoint: Any = client._endpoint
        self._gateway = gateway
        self._endpoint._needs_retry = self._needs_retry
        self._limiters = [_LimiterInMockTime(limiter, gateway) for limiter in _limiters_of(client)]

    def remove(self) -> None:
        del self._endpoint._needs_retry
        for limiter in self._limiters:
            limiter.remove()

    def _needs_retry(
        self,
        attempts: int,
        operation_model: Any,
        request_dict: Any,
        response: Any = None,
        caught_exception: Exception | None = None,
    ) -> bool:
        """``Endpoint._needs_retry``, which asks the client's handlers, and then sleeps."""
        responses = self._endpoint._event_emitter.emit(
            f"needs-retry.{SERVICE_NAME}.{operation_model.name}",
            response=response,
            endpoint=self._endpoint,
            operation=operation_model,
            attempts=attempts,
            caught_exception=caught_exception,
            request_dict=request_dict,
        )
        seconds = first_non_none_response(responses)
        if seconds is None or seconds is False:
            return False
        self._gateway.let_pass(timedelta(seconds=seconds))
        return True


def _limiters_of(client: BaseClient) -> list[ClientRateLimiter]:
    """The rate limiter of the retry mode ``adaptive``; none in other modes."""
    emitter = getattr(client.meta.events, "_emitter", client.meta.events)
    handlers = getattr(emitter, "_handlers", None)
    if handlers is None:
        return []
    owners = {
        getattr(handler, "__self__", None)
        for handler in handlers.prefix_search(f"before-send.{SERVICE_NAME}")
    }
    return [owner for owner in owners if isinstance(owner, ClientRateLimiter)]


class _LimiterInMockTime:
    """A limiter measures real time; what it waits is added to that instead of being slept."""

    def __init__(self, limiter: Any, gateway: Gateway) -> None:
        self._limiter = limiter
        self._clock = limiter._clock
        self._condition = limiter._token_bucket._new_fill_rate_condition
        self._gateway = gateway
        self._waited = 0.0
        self._real_time = self._clock.current_time
        self._clock.current_time = self._current_time
        self._condition.wait = self._wait

    def remove(self) -> None:
        del self._clock.current_time, self._condition.wait
        # The limiter's marks lie ahead of real time by what was waited.
        limiter, now = self._limiter, self._real_time()
        limiter._token_bucket._last_timestamp = now
        limiter._rate_clocker._last_bucket = floor(now)
        limiter._rate_adjustor._last_fail = min(limiter._rate_adjustor._last_fail, now)

    def _current_time(self) -> float:
        return float(self._real_time()) + self._waited

    def _wait(self, seconds: float) -> bool:
        self._waited += seconds
        self._gateway.let_pass(timedelta(seconds=seconds))
        return False
