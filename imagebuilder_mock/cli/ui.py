"""The page of a server, for a person: resources, builds with their timelines, calls, events.

It reads the state of the mock and calls no operation, so it moves no build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.testing.arguments import every
from imagebuilder_mock.testing.pages.frame import box, page, summary
from imagebuilder_mock.testing.pages.table import Table
from imagebuilder_mock.testing.printing import state_of
from imagebuilder_mock.testing.printing import summary as sum_of
from imagebuilder_mock.transports.http.wsgi import WebPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.mock import ImageBuilderMock
    from imagebuilder_mock.world.events import Event
    from imagebuilder_mock.world.record import Call
    from imagebuilder_mock.world.world import World

T = TypeVar("T")

_SHOWN = 100
"""How many rows of a list are shown at most, the newest."""
_LENGTH = 200
"""How many characters of a value are shown at most."""
_REFRESH = 2
"""After how many seconds a page is loaded again while a build runs."""


class _List(Table["Mapping[str, object]"]):
    """A list on the page; the name of a build is a link to its page."""

    def line(self, row: Mapping[str, object], name: str, line: str) -> str:
        text = super().line(row, name, line)
        if name != "build":
            return text
        return f'<a href="ui?build={quote(str(row["arn"]), safe="")}">{text}</a>'

    def shade(self, row: Mapping[str, object]) -> str | None:
        return "bad" if row.get("error") else super().shade(row)


def ui(mock: ImageBuilderMock, world: World, build: str | None) -> WebPage:
    """The page of the server, or with ``build`` that of a build."""
    with world.lock:
        is_running = any(store.running for store in world.state.stores.values())
        if build is not None:
            image = next((each for each in every(Image, world) if each.arn == build), None)
            if image is not None and image.transitions:
                return _page_of_build(mock, image)
        parts = list(_parts(mock, world))
        if build is not None:
            parts.insert(0, box(f"There is no build {build}, or it is deleted.", {}, "bad"))
    refresh = _REFRESH if is_running else None
    return WebPage(page("EC2 Image Builder, mocked", parts, refresh=refresh))


def _page_of_build(mock: ImageBuilderMock, image: Image) -> WebPage:
    timeline = mock.builds.timeline(image.arn)
    parts = ['<p><a href="ui">All builds</a></p>', *timeline.parts()]
    refresh = _REFRESH if image.is_in_progress else None
    return WebPage(page(timeline.headline, parts, refresh=refresh))


def _parts(mock: ImageBuilderMock, world: World) -> Iterator[str]:
    yield summary(sum_of(world))
    now = world.clock.now()
    yield f'<p class="soft">builds="{world.settings.builds}", {now:%Y-%m-%d %H:%M:%S} UTC</p>'
    resources = _newest_first(world)
    builds = [each for each in resources if isinstance(each, Image)]
    others = [each for each in resources if not isinstance(each, Image)]
    yield from _listed("Builds", builds, _build, marked_by="state")
    yield from _listed("Resources", others, _resource, marked_by="state")
    yield from _listed("Calls", [*mock.calls][::-1], _call)
    yield from _listed("Events", [*world.events][::-1], _event)


def _listed(
    title: str,
    things: Sequence[T],
    row_of: Callable[[T], Mapping[str, object]],
    *,
    marked_by: str | None = None,
) -> Iterator[str]:
    more = f", the newest {_SHOWN:,}" if len(things) > _SHOWN else ""
    yield f"<h2>{title} ({len(things):,}{more})</h2>"
    table = _List(title, [row_of(each) for each in things[:_SHOWN]], marked_by=marked_by)
    columns = [name for name in table.columns if name != "arn"]
    yield table.html(table.rows, columns) if things else '<p class="soft">none yet</p>'


def _newest_first(world: World) -> list[Resource]:
    every = [each for store in world.state.stores.values() for each in store]
    return sorted(every, key=lambda each: each.sequence, reverse=True)


def _build(image: Image) -> Mapping[str, object]:
    return {
        "build": _name(image),
        "state": image.state.status,
        "began": f"{image.date_created:%Y-%m-%d %H:%M:%S}",
        "reason": image.state.reason,
        "place": _place(image),
        "arn": image.arn,
    }


def _resource(resource: Resource) -> Mapping[str, object]:
    return {
        "type": resource.label,
        "name": _name(resource),
        "state": state_of(resource),
        "place": _place(resource),
    }


def _call(call: Call) -> Mapping[str, object]:
    return {
        "time": f"{call.time:%H:%M:%S}",
        "operation": call.operation,
        "parameters": [
            f"{name}: {_cut(value)}"
            for name, value in call.parameters.items()
            if name != "clientToken"
        ],
        "error": None if call.error is None else _cut(call.error),
        "place": f"{call.account_id} {call.region}",
    }


def _event(event: Event) -> Mapping[str, object]:
    return {
        "time": f"{event.time:%H:%M:%S}",
        "destination": event.destination,
        "name": event.name,
        "body": _cut(dict(event.body)),
        "place": f"{event.account_id} {event.region}",
    }


def _name(resource: Resource) -> str:
    return resource.arn.partition("/")[2]


def _place(resource: Resource) -> str:
    arn = Arn.parse(resource.arn)
    return f"{arn.account} {arn.region}"


def _cut(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}…"
