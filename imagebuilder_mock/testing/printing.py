"""The tree of a world, and the report that a failing test shows."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from imagebuilder_mock.domain.resources.images import Image

from .calls import Calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.world.world import World

_SHOWN = 20
"""How many resources of one type, or builds, are printed at most."""

Branches: TypeAlias = "dict[str, Branches]"

_KEPT = "_imagebuilder_mock_report"


def tree(world: World) -> str:
    """Every resource, under its account, Region and type, in the order of their creation."""
    title = (
        f'imagebuilder_mock at {world.clock.now().isoformat()}, builds="{world.settings.builds}"'
    )
    places = {
        f"account {account}, {region}": _kinds(sorted(store, key=_order))
        for (account, region), store in sorted(world.state.stores.items())
        if any(store)
    }
    return "\n".join([title, *_lines(places or {"nothing was made yet": {}})])


def summary(world: World) -> str:
    """``2 ImageRecipe, 3 Image (1 running)``: how many resources there are of each type."""
    counts = Counter(each.label for store in world.state.stores.values() for each in store)
    running = sum(len(store.running) for store in world.state.stores.values())
    return (
        ", ".join(
            f"{count:,} {label}{f' ({running:,} running)' * (label == Image.label and running > 0)}"
            for label, count in sorted(counts.items())
        )
        or "no resources"
    )


def report(world: World) -> str:
    """The last calls, and the states of the builds."""
    stores = sorted(world.state.stores.items())
    builds = [image for _, store in stores for image in store.order(Image)]
    lines = ["Last calls:", *(str(Calls(world)) or "none").splitlines()]
    if builds:
        lines += ["", "Builds:"]
        lines += [f"({len(builds) - _SHOWN} older builds)"] * (len(builds) > _SHOWN)
        lines += [f"{build.arn} {state_of(build)}" for build in builds[-_SHOWN:]]
    return "\n".join(lines)


def keep_report(error: BaseException, report: Callable[[], str]) -> None:
    """Attach a report to an error, unless it has one from an inner mock."""
    if kept_report(error) is None:
        with suppress(AttributeError):  # some errors take no attributes
            setattr(error, _KEPT, report())


def kept_report(error: BaseException | None) -> str | None:
    """The report that was attached to an error, also when the mock is off again."""
    return getattr(error, _KEPT, None)


def _order(resource: Resource) -> tuple[str, int]:
    return (resource.label, resource.sequence)


def _kinds(resources: Sequence[Resource]) -> Branches:
    kinds: Branches = {}
    for label, group in groupby(resources, lambda each: each.label):
        leaves = [_leaf(resource) for resource in group]
        more = [f"… and {len(leaves) - _SHOWN:,} more"] if len(leaves) > _SHOWN else []
        kinds[f"{label} ({len(leaves)})"] = {leaf: {} for leaf in (*leaves[:_SHOWN], *more)}
    return kinds


def _lines(branches: Branches) -> Iterator[str]:
    for position, (text, below) in enumerate(branches.items(), start=1):
        is_last = position == len(branches)
        yield f"{'└─' if is_last else '├─'} {text}"
        for line in _lines(below):
            yield f"{'   ' if is_last else '│  '}{line}"


def _leaf(resource: Resource) -> str:
    """``web/1.0.0/1 BUILDING``."""
    return f"{resource.arn.partition('/')[2]} {state_of(resource)}".rstrip()


def state_of(resource: Resource) -> str:
    """The status of a type that has one, and the reason of a failure."""
    state = getattr(resource, "state", None)
    status = getattr(state or resource, "status", None)
    reason = getattr(state, "reason", None)
    return f"{status or ''}{f': {reason}' if reason else ''}"
