"""``mock.faults``: rules that make requests fail, get lost, or take longer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from enum import Enum
from http.client import responses
from typing import TYPE_CHECKING, Final

from imagebuilder_mock.domain.ordered import InOrder
from imagebuilder_mock.protocol.failures import (
    default_message,
    error_names,
    error_status,
    is_connection_error,
)
from imagebuilder_mock.world.events import runs_when_called
from imagebuilder_mock.world.faults import (
    EVERY_OPERATION,
    CutAnswer,
    FaultError,
    FaultRule,
    LostRequestError,
)
from imagebuilder_mock.world.published import published

from .arguments import (
    Face,
    check_known,
    check_operation,
    check_parameters,
    check_region,
    check_text,
    check_times,
    check_truth,
    counts_of,
    is_number,
)

if TYPE_CHECKING:
    from imagebuilder_mock.world.faults import Condition, FaultRules, Outcome

_LOWEST_ERROR_STATUS = 400
_HIGHEST_ERROR_STATUS = 599


class _Times(Enum):
    """The default of ``times``."""

    AS_FITS = "once, or without end if there is a probability"


AS_FITS: Final = _Times.AS_FITS


class Faults(InOrder[FaultRule], Face):
    """``mock.faults``: the rules in the order in which they were added, to read as a list is."""

    __slots__ = ()

    def _holds(self) -> str:
        return "; ".join(map(str, self)) or "no rules"

    @published(operation="GetImage", error="ServiceException", times=3)
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
        optional: bool = False,
    ) -> FaultRule:
        """Make the next requests of ``operation`` (``"CreateImage"``, or ``"*"`` for all) fail.

        - ``error`` is the name of an error that the service answers, an HTTP status from 400 to
          599, or an exception class of botocore for a request that gets no answer. The service
          does nothing then. ``message`` replaces the default message of the error.
        - ``truncated=True``: the service carries the request out, and the answer breaks off.
        - ``latency`` (seconds or a timedelta) passes in mock time before anything else happens;
          it can be given alone.

        ``times`` is the number of requests that fail: by default 1, and None for every request.
        With a ``probability`` (above 0, 1 at most) only this share of the requests fails, by
        default without end. ``region`` restricts the rule to a Region, and ``when`` to requests
        with these parameters, or for which a function of the parameters returns true. Each attempt
        of a client that retries is a request. A rule that has never fired is in ``mock.unmet``,
        unless it is ``optional`` or has a ``probability``.

        Returns the rule, whose ``fired`` counts the failures. ValueError and TypeError say what is
        wrong with an argument and what to give instead.
        """
        named = None if operation == EVERY_OPERATION else operation
        check_operation(named)
        if isinstance(when, Mapping):
            check_parameters(named, when)
            when = deepcopy(dict(when))  # the test may use its own again
        elif when is not None and not runs_when_called(when):
            msg = (
                f"when={when!r}: give a mapping of parameters, or a function that takes them "
                "and is not async."
            )
            raise TypeError(msg)
        check_text(message=message, or_none=True, may_be_empty=True)
        check_truth(truncated=truncated, optional=optional)
        if probability is not None and not (is_number(probability) and 0 < probability <= 1):
            msg = f"probability={probability!r}: give a number above 0, and 1 at most."
            raise ValueError(msg)
        check_region(region)
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
                f"faults.add({operation!r}) does not say what goes wrong: give error=, latency= or "
                "truncated=True."
            )
            raise ValueError(msg)
        with self._world.lock:
            placed = self._world.placed.place(
                rule,
                f"mock.faults.{rule}",
                noted=self._world.record.count(named),
                optional=optional or probability is not None,
            )
            self._world.faults.add(rule, placed)
        return rule

    @published(rule=1)
    def remove(self, rule: FaultRule | int) -> None:
        """Remove a rule that ``add`` has returned, or the rule of this ``number``.

        ValueError if it has been removed already.
        """
        with self._world.lock:
            for known in self:
                if rule is known or rule == known.number:
                    self._world.faults.remove(known)
                    return
        msg = f"{rule} is not among the rules: it has been removed, or the mock was reset."
        raise ValueError(msg)

    @published()
    def clear(self) -> None:
        """Remove all rules."""
        with self._world.lock:
            self._world.faults.clear()

    @property
    @published()
    def unused(self) -> list[FaultRule]:
        """The rules that have never fired."""
        return [rule for rule in self if not rule.fired]

    @published()
    def assert_all_fired(self) -> None:
        """AssertionError, which shows what was called, if a rule has never fired."""
        unused = self.unused
        if unused:
            lines = [
                f"{len(unused)} of {len(self)} fault rules never fired:",
                *(
                    f"  {rule}: {rule.matched} request(s) matched" if rule.matched else f"  {rule}"
                    for rule in unused
                ),
                f"Called were: {', '.join(counts_of(self._world.record)) or 'no operations'}.",
            ]
            raise AssertionError("\n".join(lines))

    def _in_order(self) -> FaultRules:
        return self._world.faults


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
            msg = f"message={message!r} goes with an error: give error= too."
            raise ValueError(msg)
        return None
    if isinstance(error, str):
        check_known("error", error, error_names())
        text = default_message(error) if message is None else message
        return FaultError(error, text, error_status(error))
    if is_connection_error(error):
        return LostRequestError(error, message)
    if type(error) is int and _LOWEST_ERROR_STATUS <= error <= _HIGHEST_ERROR_STATUS:
        text = responses.get(error, "") if message is None else message
        return FaultError(str(error), text, error)
    msg = (
        f"error={error!r}: give the name of an error ('ServiceException'), an HTTP status from "
        "400 to 599, or a class of botocore.exceptions (ConnectTimeoutError)."
    )
    raise ValueError(msg)


def _checked_times(times: object, probability: float | None) -> int | None:
    if times is AS_FITS:
        return 1 if probability is None else None
    check_times(times, or_none="every request")
    return times if isinstance(times, int) else None


def _checked_latency(latency: float | timedelta | None) -> timedelta:
    if latency is None:
        return timedelta()
    span: object = latency
    if is_number(latency):
        with suppress(OverflowError, ValueError):
            span = timedelta(seconds=latency)
    if not isinstance(span, timedelta) or span <= timedelta():
        msg = f"latency={latency!r}: give seconds, or a timedelta, above 0."
        raise ValueError(msg)
    return span
