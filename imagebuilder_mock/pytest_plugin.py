"""The pytest plugin: fixtures, markers, options, and what the reports of tests say.

It loads in every test run where the package is installed, so it imports the mock, and with it
botocore, only for tests that ask for it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from .world.settings import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from types import ModuleType

    from mypy_boto3_imagebuilder import ImagebuilderClient

    from .mock import ImageBuilderMock
    from .testing.pipelines import AddedPipeline
    from .testing.unmet_orders import UnmetOrder
    from .transports.patching import Patches

T = TypeVar("T")

_MARKER = "imagebuilder"
_PIPELINE, _IMAGE = "imagebuilder_pipeline", "imagebuilder_image"
_EXAMPLES = {_MARKER: "builds='held'", _PIPELINE: "container=True", _IMAGE: "state='FAILED'"}
_FALLBACK_REGION = "us-east-1"

_UNMET = ("error", "warn", "ignore")

_marked = pytest.StashKey["ImageBuilderMock"]()
_outcomes = pytest.StashKey[dict[str, str]]()
_read_markers = pytest.StashKey[set[str]]()
_block = pytest.StashKey["Patches"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    for option in OPTIONS.values():
        parser.addini(option.ini, f"imagebuilder_mock: {option.help}", default=None)
    parser.addini(
        "imagebuilder_region",
        "imagebuilder_mock: the Region of the imagebuilder fixture's client",
        default=None,
    )
    parser.addini(
        "imagebuilder_unmet",
        "imagebuilder_mock: what becomes of a test with orders (such as fail_next) that nothing "
        f"has met: {', '.join(_UNMET)} (default: {_UNMET[0]})",
        default=None,
    )
    block = "make calls of Image Builder fail while no mock is on: no request leaves"
    parser.addini("imagebuilder_block", f"imagebuilder_mock: {block}", type="bool", default=False)
    group = parser.getgroup("imagebuilder_mock", "EC2 Image Builder (imagebuilder_mock)")
    group.addoption("--imagebuilder-block", action="store_true", help=block)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**options): run the test with imagebuilder_mock on, with these options of "
        "mock_imagebuilder; region= sets the Region of the imagebuilder fixture.",
    )
    for name, method in ((_PIPELINE, "pipelines"), (_IMAGE, "images")):
        config.addinivalue_line(
            "markers", f"{name}(**arguments): what the fixture {name} gives mock.{method}.add()."
        )
    if _unmet_policy(config) not in _UNMET:
        msg = f"imagebuilder_unmet = {_unmet_policy(config)}: give {', '.join(_UNMET)}."
        raise pytest.UsageError(msg)
    if config.getoption("--imagebuilder-block") or config.getini("imagebuilder_block"):
        config.stash[_block] = _started_block()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _block in config.stash:
        config.stash[_block].undo()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Switch the mock on for a marked test, before its fixtures."""
    mock = _loaded_mock()
    if mock is not None:
        mock.switch.excuse_orders()
    if item.get_closest_marker(_MARKER) is not None:
        item.stash[_marked] = _started_mock(item)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    """Excuse the orders that the set-up of a class, a module or a session places: no test's own."""
    if fixturedef.scope == "function":
        return (yield)
    mock = _loaded_mock()
    if mock is not None:
        with mock.switch.excused_orders():
            return (yield)
    try:
        return (yield)
    finally:
        if (mock := _loaded_mock()) is not None:
            mock.switch.excuse_orders()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    try:
        yield
    finally:
        if _marked in item.stash:
            item.stash[_marked].stop()
            del item.stash[_marked]
    mock = _loaded_mock()
    orders = [] if mock is None else mock.switch.orders_left()
    if mock is not None:
        mock.switch.excuse_orders()
    if item.stash.get(_outcomes, {}).get("call") == "passed":
        _refuse_idle_markers(item)
        if orders:
            _judge(item, orders)


def _refuse_idle_markers(item: pytest.Item) -> None:
    """Fail a test that passes arguments to a fixture which it does not use."""
    # A fixture of the user's in the place of ours may read the marker by itself.
    read = item.stash.get(_read_markers, set()) | {*getattr(item, "fixturenames", ())}
    for name in (_PIPELINE, _IMAGE):
        # A class's marker is for those of its tests that use the fixture.
        if name not in read and any(marker.name == name for marker in item.own_markers):
            pytest.fail(
                f"{name}: the marker has arguments of the fixture {name}, which this test does not "
                f"use. Take it as an argument, or with @pytest.mark.usefixtures({name!r}).",
                pytrace=False,
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what a failed test did with the mock to its report, or that it had none."""
    report = yield
    _note_outcome(item, report)
    if report.failed:
        from .testing.failed_tests import sections

        error = None if call.excinfo is None else call.excinfo.value
        report.sections += sections(_loaded_mock(), call.when, error)
    return report


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Tell the members in which two values differ, as pytest does of dataclasses."""
    from .domain.records import Value

    if op != "==" or not isinstance(left, Value) or type(left) is not type(right):
        return None
    from .testing.failed_tests import difference

    return difference(left, right)


def _note_outcome(item: pytest.Item, report: pytest.TestReport) -> None:
    """Note what became of a part of a test: a subtest that fails has failed its test."""
    if report.when == "setup":
        item.stash[_outcomes] = {}
    outcomes = item.stash.setdefault(_outcomes, {})
    outcome = "expected to fail" if hasattr(report, "wasxfail") else report.outcome
    if outcomes.get(report.when) != "failed":
        outcomes[report.when] = outcome


@pytest.fixture
def imagebuilder_mock(request: pytest.FixtureRequest) -> Iterator[ImageBuilderMock]:
    """The mock, on for the test: its clock, builds, calls, clients and resources."""
    marked = request.node.stash.get(_marked, None)
    if marked is not None:
        yield marked
        return
    mock = _started_mock(request.node)
    try:
        yield mock
    finally:
        mock.stop()


@pytest.fixture
def imagebuilder(
    request: pytest.FixtureRequest, imagebuilder_mock: ImageBuilderMock
) -> ImagebuilderClient:
    """A boto3 client of the mock.

    Its Region is the marker's, else AWS_REGION, AWS_DEFAULT_REGION, the ini option
    ``imagebuilder_region``, us-east-1.
    """
    region = (
        _marker_options(request.node).get("region")
        or os.environ.get("AWS_REGION")
        or os.environ.get("AWS_DEFAULT_REGION")
        or request.config.getini("imagebuilder_region")
        or _FALLBACK_REGION
    )
    return imagebuilder_mock.client(region=str(region))


@pytest.fixture
def imagebuilder_pipeline(
    request: pytest.FixtureRequest,
    imagebuilder_mock: ImageBuilderMock,
    imagebuilder: ImagebuilderClient,
) -> AddedPipeline:
    """A ready pipeline, in the Region of the ``imagebuilder`` fixture's client.

    ``@pytest.mark.imagebuilder_pipeline(container=True)`` has arguments of ``mock.pipelines.add``.
    """
    arguments = _explained(_PIPELINE, lambda: _marker_options(request.node, _PIPELINE))
    arguments.setdefault("region", imagebuilder.meta.region_name)
    add: Callable[..., AddedPipeline] = imagebuilder_mock.pipelines.add
    return _explained(_PIPELINE, lambda: add(**arguments))


@pytest.fixture
def imagebuilder_image(
    request: pytest.FixtureRequest,
    imagebuilder_mock: ImageBuilderMock,
    imagebuilder: ImagebuilderClient,
) -> str:
    """The ARN of a finished image, which the pipeline of ``imagebuilder_pipeline`` has built.

    ``@pytest.mark.imagebuilder_image(state="FAILED")`` has arguments of ``mock.images.add``; with
    a list of dates it is a list of ARNs.
    """
    arguments = _explained(_IMAGE, lambda: _marker_options(request.node, _IMAGE))
    if not arguments.keys() & {"recipe", "pipeline"}:
        arguments["pipeline"] = request.getfixturevalue(_PIPELINE).arn
    if not str(arguments.get("pipeline") or arguments["recipe"]).startswith("arn:"):
        arguments.setdefault("region", imagebuilder.meta.region_name)
    add: Callable[..., str] = imagebuilder_mock.images.add
    return _explained(_IMAGE, lambda: add(**arguments))


def _explained(name: str, action: Callable[[], T]) -> T:
    """What the action returns; the test fails with what is wrong with its marker or options."""
    try:
        return action()
    except (LookupError, OSError, TypeError, ValueError) as error:
        mistake = str(error)
    # Outside the handler, or pytest would show the mistake twice.
    pytest.fail(f"{name}: {mistake}", pytrace=False)


# Options


def _started_mock(item: pytest.Item) -> ImageBuilderMock:
    """The mock with the options of configuration file and markers; a wrong one fails the test."""
    from .mock import ImageBuilderMock

    def start() -> ImageBuilderMock:
        options = _ini_options(item.config) | _marker_options(item)
        options.pop("region", None)
        mock = ImageBuilderMock(**options)  # type: ignore[arg-type] # it checks and explains
        return mock.start()

    return _explained("imagebuilder_mock", start)


def _marker_options(item: pytest.Item, name: str = _MARKER) -> dict[str, object]:
    """The options of all markers of a name on the test; the closest wins."""
    item.stash.setdefault(_read_markers, set()).add(name)
    options: dict[str, object] = {}
    for marker in reversed(list(item.iter_markers(name))):
        if marker.args:
            msg = f"@pytest.mark.{name} takes keyword options only, such as {_EXAMPLES[name]}."
            raise TypeError(msg)
        options |= marker.kwargs
    return options


def _ini_options(config: pytest.Config) -> dict[str, object]:
    """The options that the configuration file sets; ValueError for a wrong value."""
    options: dict[str, object] = {}
    for option in OPTIONS.values():
        text = str(config.getini(option.ini) or "").strip()
        if text:
            try:
                options[option.name] = option.read(text)
            except ValueError as error:
                msg = f"{option.ini} = {text!r}: {error}"
                raise ValueError(msg) from None
    if "state" in options and config.inipath is not None:
        # As pytest has it for the paths of its own.
        options["state"] = config.inipath.parent / cast("os.PathLike[str]", options["state"])
    return options


def _unmet_policy(config: pytest.Config) -> str:
    return str(config.getini("imagebuilder_unmet") or _UNMET[0])


# What is known of the mock, if anybody has imported it


def _loaded_mock() -> ModuleType | None:
    return sys.modules.get(f"{__package__}.mock")


def _is_on() -> bool:
    mock = _loaded_mock()
    return mock is not None and mock.switch.is_on()


def _started_block() -> Patches:
    """From now on, nothing for Image Builder leaves unless a mock is on."""
    from .testing.failed_tests import HOW_TO_SWITCH_ON
    from .transports.boto.blocking import Block
    from .transports.patching import all_or_nothing
    from .world.settings import DEFAULT_ACCOUNT

    with all_or_nothing() as patches:
        Block(lambda: DEFAULT_ACCOUNT, _is_on, HOW_TO_SWITCH_ON).open(patches)
    return patches


def _judge(item: pytest.Item, orders: list[UnmetOrder]) -> None:
    """Fail a test that has passed, or warn, if nothing has met some of its orders."""
    policy = _unmet_policy(item.config)
    if policy == "ignore":
        return
    from .testing.unmet_orders import described

    text = (
        f"imagebuilder_mock: {described(orders)} For all tests, imagebuilder_unmet = warn or "
        "ignore in the configuration of pytest lets such orders pass."
    )
    if policy == "warn":
        item.warn(pytest.PytestWarning(text))
    else:
        pytest.fail(text, pytrace=False)
