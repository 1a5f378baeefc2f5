"""What a mock, its faces, and what they hold look like where somebody prints them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, get_args

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain import resources
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.testing.arguments import Face
from imagebuilder_mock.testing.resources import Kind
from tests.builders import a_build, a_recipe
from tests.lifecycle_builders import a_policy, a_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


def test_a_mock_tells_whether_it_is_on_and_what_it_has():
    mock = mock_imagebuilder(builds="held", now=NOON)
    assert repr(mock).startswith("<ImageBuilderMock, never on, builds='held', now=")

    with mock:
        assert repr(mock) == (
            "<ImageBuilderMock on, builds='held', account_id='123456789012', "
            "at 2026-01-02T12:00:00+00:00: no resources>"
        )
        a_build(mock.client())
        said = repr(mock)

    assert said.endswith(": 1 Image (1 running), 1 ImageRecipe, 1 InfrastructureConfiguration>")
    assert repr(mock) == said.replace("Mock on", "Mock off")


@pytest.mark.imagebuilder(now=NOON, builds="held")
def test_each_face_tells_what_it_holds(imagebuilder, imagebuilder_mock):
    mock = imagebuilder_mock
    a_build(imagebuilder)
    a_policy(imagebuilder, name="daily")  # the name decides at which hour it runs
    mock.faults.add("ListImages", error="ServiceException", optional=True)
    mock.catalogue.publish("update-linux", "2026.12.1")
    mock.clock.advance(hours=1)
    assert repr(mock.builds.durations) == "<mock.builds.durations: the defaults>"
    mock.builds.durations["TESTING"] = timedelta(hours=2)

    assert repr(mock.builds.durations) == "<mock.builds.durations: TESTING 2:00:00>"
    assert repr(mock.clock) == "<mock.clock: 2026-01-02T13:00:00+00:00, standing still>"
    assert repr(mock.builds) == "<mock.builds: 1 build running>"
    assert repr(mock.images) == "<mock.images: 1 image>"
    assert repr(mock.lifecycle) == "<mock.lifecycle: 1 policy, 0 runs under way>"
    assert repr(mock.catalogue) == "<mock.catalogue: 1 version published by the test>"
    assert repr(mock.findings) == "<mock.findings: 0 scanned images>"
    assert repr(mock.faults) == f"<mock.faults: {next(iter(mock.faults))}>"
    assert repr(mock.calls).startswith("<mock.calls: 4 calls, the newest 12:00:00 us-east-1 Create")
    assert repr(mock.events) == "<mock.events: none>"


def test_every_face_has_a_representation(imagebuilder_mock):
    faces = [
        value
        for name in dir(type(imagebuilder_mock))
        if not name.startswith("_") and isinstance(value := getattr(imagebuilder_mock, name), Face)
    ]

    assert len(faces) >= 8
    for face in faces:
        assert repr(face).startswith("<mock.")
        assert " object at 0x" not in repr(face)


def test_an_event_is_a_line(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.builds.complete(a_build(imagebuilder))

    assert "for EventBridge" in repr(imagebuilder_mock.events)
    event = imagebuilder_mock.events.sent_to("EventBridge")[0]
    assert repr(event).startswith(f"<Event {event.time:%H:%M:%S} us-east-1 EventBridge ")
    assert len(repr(event)) < 300


def test_a_table_is_a_line_and_a_page_in_a_notebook(imagebuilder, imagebuilder_mock):
    a_recipe(imagebuilder, name="web")
    imagebuilder_mock.images.add(recipe="web", created=NOON)

    preview = imagebuilder_mock.lifecycle.preview([a_rule("DELETE", 1)])
    timeline = imagebuilder_mock.builds.timeline(preview.rows[0]["image"])

    assert repr(preview).startswith("<Preview 'A lifecycle policy at ")
    assert repr(preview).endswith(": 1 deleted>")
    assert repr(timeline) == f"<Timeline {timeline.title!r}: AVAILABLE>"
    for table in (preview, timeline):
        # The page's own style would be the notebook's too outside a frame.
        assert table._repr_html_().startswith(f'<iframe title="{table.title}" srcdoc="&lt;!DOCTYPE')


def test_a_mock_is_its_tree_in_a_notebook(imagebuilder, imagebuilder_mock):
    a_recipe(imagebuilder, name="web")

    assert imagebuilder_mock._repr_html_().startswith("<pre>imagebuilder_mock at ")
    assert "builds=&quot;observed&quot;" in imagebuilder_mock._repr_html_()


# Resources by their kind


def _kinds(cls: type[Resource] = Resource) -> Iterator[str]:
    for each in cls.__subclasses__():
        yield from _kinds(each)
        if "kind" in vars(each) and each.__module__.startswith("imagebuilder_mock."):
            yield each.kind


def test_resources_can_be_asked_for_by_every_kind_that_there_is(imagebuilder, imagebuilder_mock):
    a_build(imagebuilder)
    for module in iter_modules(resources.__path__, f"{resources.__name__}."):
        import_module(module.name)  # they are loaded by the first operation that needs one

    assert set(get_args(Kind)) == set(_kinds())
    [image] = imagebuilder_mock.resources("image")
    assert image.state.status == "PENDING"
    assert imagebuilder_mock.resources("workflow") == []
    assert len(imagebuilder_mock.resources()) == 3
    with pytest.raises(ValueError, match=r"kind of resources 'imagerecipe'. Did you mean 'image-r"):
        imagebuilder_mock.resources("imagerecipe")
