"""The pytest plugin: fixtures, markers, and options in the configuration file.

It loads in every test run where the package is installed, so it imports the mock, and with it
botocore, only for tests that ask for it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from mypy_boto3_imagebuilder import ImagebuilderClient

    from .mock import ImageBuilderMock
    from .testing.pipelines import AddedPipeline

T = TypeVar("T")

_MARKER = "imagebuilder"
_PIPELINE, _IMAGE = "imagebuilder_pipeline", "imagebuilder_image"
_EXAMPLES = {_MARKER: "builds='held'", _PIPELINE: "container=True", _IMAGE: "state='FAILED'"}
_FALLBACK_REGION = "us-east-1"

_OPTIONS = {
    "builds": "what moves builds on: observed, instant, clock or held",
    "region": "the Region of the imagebuilder fixture's client",
    "account_id": "the account that clients act as",
    "quotas": "false to lift the account's quotas",
    "seed": "a number for reproducible ids",
    "calls_kept_bytes": "how much memory the calls may take that are remembered",
}
_NUMBERS = ("seed", "calls_kept_bytes")

_marked = pytest.StashKey["ImageBuilderMock"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    for name, text in _OPTIONS.items():
        parser.addini(f"imagebuilder_{name}", f"imagebuilder_mock: {text}", default=None)


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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Switch the mock on for a marked test, before its fixtures."""
    if item.get_closest_marker(_MARKER) is not None:
        item.stash[_marked] = _started_mock(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    try:
        return (yield)
    finally:
        if _marked in item.stash:
            item.stash[_marked].stop()
            del item.stash[_marked]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - pytest's name
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the last calls and the states of the builds to the report of a failed test."""
    report = yield
    module = sys.modules.get(f"{__package__}.mock")
    if report.failed and module is not None:
        from .testing.printing import kept_report

        # A decorator or a with statement is off again by now.
        shown = kept_report(None if call.excinfo is None else call.excinfo.value)
        if shown is None and module.is_on():
            shown = module.current_mock().report()
        if shown is not None:
            report.sections.append((f"{__package__}", shown))
    return report


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
    arguments = {
        "region": imagebuilder.meta.region_name,
        **_marker_options(request.node, _PIPELINE),
    }
    return _added(_PIPELINE, imagebuilder_mock.pipelines.add, arguments)


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
    arguments = {"region": imagebuilder.meta.region_name, **_marker_options(request.node, _IMAGE)}
    if not arguments.keys() & {"recipe", "pipeline"}:
        arguments["pipeline"] = request.getfixturevalue(_PIPELINE).arn
    add: Callable[..., str] = imagebuilder_mock.images.add
    return _added(_IMAGE, add, arguments)


def _added(name: str, add: Callable[..., T], arguments: dict[str, object]) -> T:
    """What was added; the test fails with what is wrong with the marker's arguments."""
    try:
        return add(**arguments)
    except (LookupError, TypeError, ValueError) as error:
        pytest.fail(f"{name}: {error}", pytrace=False)


def _started_mock(item: pytest.Item) -> ImageBuilderMock:
    """The mock with the options of configuration file and markers; a wrong one fails the test."""
    from .mock import ImageBuilderMock

    try:
        options = _ini_options(item.config) | _marker_options(item)
        options.pop("region", None)
        mock = ImageBuilderMock(**options)  # type: ignore[arg-type] # it checks and explains
        return mock.start()
    except (TypeError, ValueError) as error:
        pytest.fail(f"imagebuilder_mock: {error}", pytrace=False)


def _marker_options(item: pytest.Item, name: str = _MARKER) -> dict[str, object]:
    """The options of all markers of a name on the test; the closest wins."""
    options: dict[str, object] = {}
    for marker in reversed(list(item.iter_markers(name))):
        if marker.args:
            msg = f"@pytest.mark.{name} takes keyword options only, such as {_EXAMPLES[name]}."
            raise TypeError(msg)
        options |= marker.kwargs
    return options


def _ini_options(config: pytest.Config) -> dict[str, object]:
    """The options that the configuration file sets; ValueError for a wrong value."""
    texts = {name: str(config.getini(f"imagebuilder_{name}") or "") for name in _OPTIONS}
    options: dict[str, object] = {name: text for name, text in texts.items() if text}
    for name in options.keys() & _NUMBERS:
        try:
            options[name] = int(texts[name])
        except ValueError:
            msg = f"imagebuilder_{name} = {texts[name]!r}: give a whole number."
            raise ValueError(msg) from None
    if "quotas" in options:
        if texts["quotas"].lower() not in ("true", "false"):
            msg = f"imagebuilder_quotas = {texts['quotas']!r}: give true or false."
            raise ValueError(msg)
        options["quotas"] = texts["quotas"].lower() == "true"
    return options
