"""What the report of a failed test says: what it did with the mock, or that it had none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType, TracebackType

    from imagebuilder_mock.domain.records import Value

HOW_TO_SWITCH_ON = (
    "Take the fixture 'imagebuilder_mock', or 'imagebuilder' for a client, or put "
    "@pytest.mark.imagebuilder on the test."
)

_ANOTHER_SERVICE = (
    "This failed in a client of {!r}, and imagebuilder_mock answers for Image Builder alone. moto "
    "can answer for other services: switch its mock_aws on too."
)

_PACKAGE, _SERVICE = "imagebuilder_mock", "imagebuilder"
_EXCEPTIONS = "botocore.exceptions"
_ERRORS_OF_ASKING = frozenset(
    # The last two are the bases of all errors of reaching an endpoint.
    ("NoCredentialsError", "NoRegionError", "ConnectionError", "HTTPClientError")
)


def sections(
    mock: ModuleType | None, when: str, error: BaseException | None
) -> Iterator[tuple[str, str]]:
    """Titles and texts of sections; ``mock`` is the module of that name, if anybody has loaded it.

    The first are the last calls and the states of the builds, then the orders that nothing has
    met, then for an error that comes of asking AWS which mock was missing.
    """
    shown, is_on = None, mock is not None and mock.switch.is_on()
    if mock is not None:
        from .printing import kept_report  # noqa: PLC0415 - few runs have failures

        # A decorator or a with statement is off again by now.
        shown = kept_report(error)
        if shown is None and is_on:
            shown = mock.current_mock().report()
        if shown is not None:
            yield _PACKAGE, shown
        orders = [] if when == "teardown" else mock.switch.orders_left()
        if orders:
            yield f"{_PACKAGE}: orders that nothing has met", "\n".join(map(str, orders))
    asked = _asked_of_aws(error)
    if asked == _SERVICE and not is_on:
        text = f"No mock of EC2 Image Builder was on where this failed. {HOW_TO_SWITCH_ON}"
        yield f"{_PACKAGE}: no mock was on", text
    elif asked not in (None, _SERVICE) and (is_on or shown is not None):
        yield f"{_PACKAGE}: another service was asked", _ANOTHER_SERVICE.format(asked)


def _asked_of_aws(error: BaseException | None) -> str | None:
    """The service whose client raised botocore's error, from which this one may have followed."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if type(error).__module__.startswith(f"{_PACKAGE}."):
            return None  # it says by itself what to do
        bases = {cls.__name__ for cls in type(error).__mro__ if cls.__module__ == _EXCEPTIONS}
        if bases & _ERRORS_OF_ASKING:
            return next(_services_of(error.__traceback__), None)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _services_of(trace: TracebackType | None) -> Iterator[str]:
    """The services whose clients were made, or called, on the way to an error, from the first."""
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_globals.get("__name__") in ("botocore.client", "botocore.session"):
            client = frame.f_locals.get("self")
            model = getattr(getattr(client, "meta", None), "service_model", None)
            name = frame.f_locals.get("service_name") or getattr(model, "service_name", None)
            if name:
                yield name
        trace = trace.tb_next


def difference(left: Value, right: Value) -> list[str]:
    """A comparison that has failed, and the members that are not equal."""
    told = [f"{left!r} == {right!r}", "Differing members:"]
    for name in left.record_names:
        mine, others = getattr(left, name), getattr(right, name)
        if mine != others:
            told.append(f"  {name}: {mine!r} != {others!r}")
    return told
