"""What the log says: ``logging.getLogger("imagebuilder_mock")``.

At DEBUG it has a line for each call, refusal and stage of a build; at WARNING what a neighbour
refused. Nothing is put into words while the level is off. It has no credentials, which are not
parameters, and only the length of what may be secret, such as a document or user data.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .faults import FaultError, LostRequestError
from .record import UnexpectedCallError

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger("imagebuilder_mock")

_SHOWN = 300
_LONGEST_TEXT = 100
_VEILED = frozenset(("data", "dockerfileTemplateData", "policy", "userDataOverride", "value"))
"""Documents, and what scripts and parameters may keep secret."""


def is_told() -> bool:
    """Whether DEBUG is on: ask this before you put something into words."""
    return logger.isEnabledFor(logging.DEBUG)


def tell_call(
    operation: str, params: Mapping[str, object], place: tuple[str, str], outcome: str
) -> None:
    """A call that was answered: what was asked where, and with what it ended."""
    account_id, region = place
    given = brief(params)
    logger.debug("%s %s %s(%s): %s", account_id, region, operation, given, outcome)


def tell_refusal(error: BaseException, code: str, message: str) -> None:
    """A refusal, with the rule of this package that refuses."""
    logger.debug("refused by %s: %s: %s", _rule_behind(error), code, message)


def tell_stage(arn: str, before: str, after: str, reason: str | None) -> None:
    """A build that went from one status to another."""
    logger.debug("%s: %s -> %s%s", arn, before, after, f" ({reason})" if reason else "")


def brief(params: Mapping[str, object]) -> str:
    """``name='web', data=<1,234 characters>``, cut short."""
    given = ", ".join(
        f"{name}={_brief(name, value)}" for name, value in params.items() if name != "clientToken"
    )
    return given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"


def _brief(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_brief(key, item)}' for key, item in value.items())}}}"
    if name in _VEILED and isinstance(value, str):
        return f"<{len(value):,} characters>"
    if name in _VEILED and isinstance(value, (list, tuple)):
        return f"<{len(value):,} values>"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_brief('', item) for item in value)}]"
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]!r}…"
    return repr(value)


def _rule_behind(error: BaseException) -> str:
    """The function that raised it: ``operations.rules.recipes.check_parent``."""
    if isinstance(error, (FaultError, LostRequestError)):
        return "a rule of mock.faults"
    if isinstance(error, UnexpectedCallError):
        return "mock.calls.expect_only"
    trace: TracebackType | None = error.__traceback__
    if trace is None:
        return "the way in"
    while trace.tb_next is not None:
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[2]
    return f"{module}.{trace.tb_frame.f_code.co_name}"
