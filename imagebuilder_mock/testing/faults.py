"""Faults in the test's hands: requests that fail, are lost, or take their time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from imagebuilder_mock.protocol.failures import (
    default_message,
    error_names,
    error_status,
    is_connection_error,
    status_phrase,
)
from imagebuilder_mock.world.faults import (
    EVERY_OPERATION,
    CutAnswer,
    ErrorAnswer,
    FaultRule,
    LostRequest,
)

from .arguments import check_known, check_operation, check_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.world.faults import Condition, Outcome
    from imagebuilder_mock.world.world import World

_LOWEST_ERROR_STATUS = 400
_HIGHEST_ERROR_STATUS = 599


class _Times(Enum):
    """What ``times`` is when it is not said."""

    AS_FITS = "once, or without end if there is a probability"


AS_FITS: Final = _Times.AS_FITS


class Faults:
    """``mock.faults``: rules that hold for the requests that come after them."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def add(
        self,
        operation: str,
        *,
        error: str | int | type[Exception] | None = None,
        message: str | None = None,
        times: int | _Times | None = AS_FITS,
        probability: float | None = None,
        latency: float | timedelta | None = None,
        region: str | None = None,
        when: Condition | None = None,
        truncated: bool = False,
    ) -> FaultRule:
        """Let the next request of ``operation`` (AWS's spelling, or ``"*"``) go wrong.

        ``error`` is the name of an error, an HTTP status, or one of botocore's exception classes:
        in each case the service does nothing. With ``truncated`` it does what was asked, and the
        answer is cut on its way. ``latency`` (seconds, or a timedelta) passes in mock time before
        the request is looked at.

        ``times`` is how many requests it befalls, None all; a ``probability`` befalls so many of
        them, without end unless ``times`` is given. ``region`` and ``when`` narrow it to a
        Region, and to requests with these parameters, or that a function of the parameters says
        yes to. Each attempt of a client that retries is a request.

        ValueError or TypeError says what is wrong and what there is instead.
        """
        _check_operation(operation)
        _check_condition(operation, when)
        if probability is not None and not 0 < probability <= 1:
            msg = f"probability={probability!r}: give a number above 0, and 1 at most."
            raise ValueError(msg)
        if region is not None and (not region or type(region) is not str):
            msg = f"region={region!r}: give a Region's name, such as 'us-east-1'."
            raise ValueError(msg)
        rule = FaultRule(
            operation=operation,
            outcome=_outcome(error, message, truncated=truncated),
            times=_checked_times(times, probability),
            probability=probability,
            latency=_checked_latency(latency),
            region=region,
            when=when,
        )
        if rule.outcome is None and not rule.latency:
            msg = (
                f"faults.add({operation!r}) says nothing that goes wrong: give error=, latency= or "
                "truncated=True."
            )
            raise ValueError(msg)
        with self._world.lock:
            self._world.faults.add(rule)
        return rule

    def remove(self, rule: FaultRule) -> None:
        """Take back a rule that ``add`` gave; ValueError if it is gone already."""
        with self._world.lock:
            if rule not in self:
                msg = f"{rule} is not among the rules; it was taken back, or the mock was reset."
                raise ValueError(msg)
            self._world.faults.remove(rule)

    def clear(self) -> None:
        """Take back all rules."""
        with self._world.lock:
            self._world.faults.clear()

    @property
    def unused(self) -> list[FaultRule]:
        """The rules that never fired."""
        return [rule for rule in self if not rule.fired]

    def assert_all_fired(self) -> None:
        """AssertionError, with the calls that there were, if a rule never fired."""
        unused = self.unused
        if not unused:
            return
        record = self._world.record
        called = ", ".join(f"{name} ({count})" for name, count in sorted(record.counts.items()))
        lines = [
            f"  {rule}: {rule.matched} request(s) matched" if rule.matched else f"  {rule}"
            for rule in unused
        ]
        msg = "\n".join(
            [
                f"{len(unused)} of {len(self)} fault rules never fired:",
                *lines,
                f"Called were: {called or 'no operations'}.",
            ]
        )
        raise AssertionError(msg)

    def __iter__(self) -> Iterator[FaultRule]:
        return iter(self._world.faults)

    def __len__(self) -> int:
        return len(self._world.faults)

    def __contains__(self, rule: object) -> bool:
        return any(rule is known for known in self._world.faults)


def _outcome(
    error: str | int | type[Exception] | None, message: str | None, *, truncated: bool
) -> Outcome | None:
    if truncated:
        if error is not None or message is not None:
            msg = "truncated=True goes with no error= and no message=: the answer is the service's."
            raise ValueError(msg)
        return CutAnswer()
    if error is None:
        if message is not None:
            msg = f"message={message!r} is of no error: give error= too."
            raise ValueError(msg)
        return None
    if isinstance(error, str):
        check_known("error", error, error_names())
        text = default_message(error) if message is None else message
        return ErrorAnswer(error, text, error_status(error))
    if is_connection_error(error):
        return LostRequest(error, message)
    if type(error) is int and _LOWEST_ERROR_STATUS <= error <= _HIGHEST_ERROR_STATUS:
        return ErrorAnswer(str(error), status_phrase(error) if message is None else message, error)
    msg = (
        f"error={error!r}: give the name of an error ('ServiceException'), an HTTP status from "
        "400 to 599, or a class of botocore.exceptions (ConnectTimeoutError)."
    )
    raise ValueError(msg)


def _checked_times(times: object, probability: float | None) -> int | None:
    if times is AS_FITS:
        return 1 if probability is None else None
    if times is not None and (type(times) is not int or times < 1):
        msg = f"times={times!r}: give a whole number from 1 on, or None for every request."
        raise ValueError(msg)
    return times if isinstance(times, int) else None


def _checked_latency(latency: float | timedelta | None) -> timedelta:
    if latency is None:
        return timedelta()
    is_number = isinstance(latency, (int, float)) and not isinstance(latency, bool)
    span = timedelta(seconds=latency) if is_number else latency  # type: ignore[arg-type] # a number
    if not isinstance(span, timedelta) or span <= timedelta():
        msg = f"latency={latency!r}: give seconds, or a timedelta, above 0."
        raise ValueError(msg)
    return span


def _check_operation(operation: str) -> None:
    if operation != EVERY_OPERATION:
        check_operation(operation)


def _check_condition(operation: str, when: object) -> None:
    if when is None or callable(when):
        return
    if not isinstance(when, Mapping):
        msg = f"when={when!r}: give a mapping of parameters, or a function that takes them."
        raise TypeError(msg)
    check_parameters(None if operation == EVERY_OPERATION else operation, map(str, when))
