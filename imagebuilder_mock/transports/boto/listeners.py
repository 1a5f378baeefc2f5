"""Whether anybody but botocore itself listens to the events of sending a request."""

from __future__ import annotations

from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from imagebuilder_mock.protocol.model import SERVICE_NAME

SIGNING_EVENTS = ("choose-signer", "before-sign")
SENDING_EVENTS = (
    "request-created",
    *SIGNING_EVENTS,
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call-error",
)

# Their handlers need not be asked: botocore's sign, retry and redirect, moto's answers what we
# answer, and ours are for the long path, which was somebody else's reason to be taken.
_NO_LISTENERS = (
    "botocore",
    "boto3",
    "aiobotocore",
    "aioboto3",
    "moto",
    __name__.partition(".")[0],
)

# For each emitter: its table of looked-up handlers, which is a new one after every change, and
# what was found since.
_found: WeakKeyDictionary[Any, tuple[object, dict[tuple[str, ...], bool]]] = WeakKeyDictionary()


def has_listeners(events: Any, operation: str, among: tuple[str, ...] = SENDING_EVENTS) -> bool:
    """Whether a handler of somebody's is entered for one of these events of an operation."""
    emitter = getattr(events, "_emitter", events)
    table = getattr(emitter, "_lookup_cache", None)
    handlers = getattr(emitter, "_handlers", None)
    if table is None or handlers is None or not hasattr(handlers, "prefix_search"):
        # An emitter of another make: the long path is right for all.
        return True
    known = _found.get(emitter)
    if known is None or known[0] is not table:
        known = _found[emitter] = (table, {})
    key = (operation, *among)
    answer = known[1].get(key)
    if answer is None:
        answer = known[1][key] = any(
            _is_listener(handler)
            for event in among
            for handler in handlers.prefix_search(f"{event}.{SERVICE_NAME}.{operation}")
        )
    return answer


def _is_listener(handler: object) -> bool:
    while isinstance(handler, partial):
        handler = handler.func
    module = str(getattr(handler, "__module__", None) or type(handler).__module__)
    return module.partition(".")[0] not in _NO_LISTENERS
