"""What is there, for people to read: the tree of a world, and the report of a failing test."""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.resources.images import Image

from .calls import Calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.world.world import World

_SHOWN = 20
"""As many of one type, or as many builds, are printed at most."""

_KEPT = "_imagebuilder_mock_report"


def tree(world: World) -> str:
    """Every resource, under its account, Region and type, in the order of making."""
    settings = world.settings
    lines = [f'imagebuilder_mock at {world.clock.now().isoformat()}, builds="{settings.builds}"']
    places = [
        (f"account {account}, {region}", sorted(store, key=_order))
        for (account, region), store in sorted(world.state.stores.items())
        if any(store)
    ]
    for place, (title, resources) in enumerate(places):
        is_last = place == len(places) - 1
        lines.append(f"{'└─' if is_last else '├─'} {title}")
        lines += [f"{'   ' if is_last else '│  '}{line}" for line in _branches(resources)]
    return "\n".join(lines if places else [*lines, "└─ nothing was made yet"])


def report(world: World) -> str:
    """The last calls, and how far the builds are."""
    builds = [
        resource
        for _, store in sorted(world.state.stores.items())
        for resource in sorted(store, key=_order)
        if isinstance(resource, Image)
    ]
    lines = ["Last calls:", *(str(Calls(world)) or "none").splitlines()]
    if builds:
        lines += ["", "Builds:"]
        lines += [f"({len(builds) - _SHOWN} older builds)"] * (len(builds) > _SHOWN)
        lines += [f"{build.arn} {_state_of(build)}" for build in builds[-_SHOWN:]]
    return "\n".join(lines)


def keep_report(error: BaseException, report: Callable[[], str]) -> None:
    """Give an error the report of the mock that it leaves, unless it left one before."""
    if kept_report(error) is None:
        with suppress(AttributeError):  # some errors take no attributes
            setattr(error, _KEPT, report())


def kept_report(error: BaseException | None) -> str | None:
    """What an error was given, for whoever sees it when the mock is off again."""
    return getattr(error, _KEPT, None)


def _order(resource: Resource) -> tuple[str, int]:
    return (resource.label, resource.sequence)


def _branches(resources: Sequence[Resource]) -> Iterator[str]:
    kinds = [(label, list(group)) for label, group in groupby(resources, lambda each: each.label)]
    for place, (label, group) in enumerate(kinds):
        is_last = place == len(kinds) - 1
        yield f"{'└─' if is_last else '├─'} {label} ({len(group)})"
        leaves = [_leaf(resource) for resource in group[:_SHOWN]]
        if len(group) > _SHOWN:
            leaves.append(f"… and {len(group) - _SHOWN:,} more")
        for position, leaf in enumerate(leaves):
            stem = "└─" if position == len(leaves) - 1 else "├─"
            yield f"{'   ' if is_last else '│  '}{stem} {leaf}"


def _leaf(resource: Resource) -> str:
    """``web/1.0.0/1 BUILDING``."""
    return f"{resource.arn.partition('/')[2]} {_state_of(resource)}".rstrip()


def _state_of(resource: Resource) -> str:
    """The status of a type that has one, and the reason of a failure."""
    state = getattr(resource, "state", None)
    status = getattr(state or resource, "status", None)
    reason = getattr(state, "reason", None)
    return f"{status or ''}{f': {reason}' if reason else ''}"
