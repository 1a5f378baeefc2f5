"""Lists: whose resources, in which order, which of them, page by page.

Several values of a filter mean or, several filters mean and. Names and values are case-sensitive.
The filter ``name`` alone knows a wildcard: ``web*`` are the names that begin with web, ``*web*``
those that contain it (API reference, Filter).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from imagebuilder_mock.catalogue.offer import OWNERS
from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.ordered import OrderedIndex, Sequenced
from imagebuilder_mock.domain.versions import Version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from imagebuilder_mock.domain.errors import InvalidParameterValueException
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.world.store import Store

    from .handler import Context, Result


T = TypeVar("T", bound=Sequenced)
V = TypeVar("V")

DEFAULT_PAGE_SIZE = 25
"""Seen and documented (API reference, ``maxResults`` of ListComponents)."""

_ACCOUNTS = {owner: account for account, owner in OWNERS.items()}


def listed(
    ctx: Context,
    params: Mapping[str, object],
    member: str,
    index: OrderedIndex[T],
    *,
    view: Callable[[T], V | None],
    filters: Mapping[str, Callable[[V], object]] | None = None,
    newest_first: bool = False,
    scope: str = "",
) -> Result:
    """One page of ``index`` as the answer's ``member``.

    ``view`` makes of an entry what is shown of it, or None to leave it out; ``filters`` are the
    filter names that the operation takes. A token passes only with the same ``scope``.
    """
    requested = params.get("filters", ())
    wanted = Filters(requested if isinstance(requested, list) else (), filters or {})
    size = params.get("maxResults", DEFAULT_PAGE_SIZE)
    token = params.get("nextToken")
    list_name = f"{ctx.operation} {ctx.store.account} {ctx.store.region} {scope}"
    after = ctx.world.state.page_tokens.decode(list_name, token) if isinstance(token, str) else None

    def admitted(entry: T) -> V | None:
        shown = view(entry)
        return shown if shown is not None and wanted.admit(shown) else None

    items, position = page_of(
        index,
        after=after,
        size=size if isinstance(size, int) else DEFAULT_PAGE_SIZE,
        newest_first=newest_first,
        show=admitted if requested else view,
    )
    result: dict[str, object] = {member: items}
    if position is not None:
        result["nextToken"] = ctx.world.state.page_tokens.encode(list_name, position)
    return result


def owned_by(ctx: Context, owner: str) -> Store:
    """What an ``owner`` has for the caller: the caller, others who share, Amazon."""
    if owner == "Self":
        return ctx.store
    if owner == "Shared":
        return ctx.world.shared_with(ctx.store.account, ctx.store.region)
    return ctx.world.managed(_ACCOUNTS[owner], ctx.store.region)


def own_builds(ctx: Context, kind: str, version_arn: str | None) -> OrderedIndex[Resource]:
    """The caller's builds of a kind, or of one version; an ARN that means nothing has none."""
    if version_arn is None:
        return ctx.store.order(kind)
    arn = Arn.parse(version_arn)
    if arn.version is None or not ctx.store.is_home_of(arn):
        return OrderedIndex()
    return ctx.store.builds_of(kind, arn.slug, Version.parse(arn.version))


def refuse_name_with_version(params: Mapping[str, object], plural: str) -> None:
    """``byName`` and a filter on versions do not go together (seen for ListImages)."""
    requested = params.get("filters", ())
    names = [entry.get("name") for entry in requested] if isinstance(requested, list) else []
    if params.get("byName") and "version" in names:
        raise invalid_combination(
            "filters",
            f"You cannot list {plural} by name and filter by version in the same request.",
        )


def page_of(
    index: OrderedIndex[T],
    *,
    after: int | None,
    size: int,
    newest_first: bool,
    show: Callable[[T], V | None],
) -> tuple[list[V], int | None]:
    """Scan ``size`` entries and show those that are to be shown.

    What ``show`` answers None for is left out, after the page was cut: so a page can be short or
    empty and yet have a next one, as the service's are (aws-cli issue 8980). The second value is
    the position of the next page, None at the end.
    """
    entries = index.before(after) if newest_first else index.after(after)
    scanned = list(islice(entries, size + 1))
    more = len(scanned) > size
    shown = [view for view in map(show, scanned[:size]) if view is not None]
    return shown, scanned[size - 1].sequence if more else None


F = TypeVar("F")


class Filters(Generic[F]):
    """What a request asks for, ready to be held against one thing after the other."""

    __slots__ = ("_tests",)

    def __init__(
        self,
        requested: Sequence[Mapping[str, object]],
        known: Mapping[str, Callable[[F], object]],
    ) -> None:
        """``known`` gives, for each name the operation takes, how a thing answers it.

        InvalidParameterValueException names the first filter that the operation does not take.
        """
        self._tests: list[tuple[Callable[[F], object], Callable[[str], bool]]] = []
        for position, entry in enumerate(requested):
            name = str(entry.get("name", ""))
            answer = known.get(name)
            if answer is None:
                raise unknown_filter(f"filters[{position}].name", name, known)
            values = entry.get("values")
            wanted = [str(value) for value in values] if isinstance(values, list) else []
            is_wanted = _of_names(wanted) if name == "name" else frozenset(wanted).__contains__
            self._tests.append((answer, is_wanted))

    def admit(self, thing: F) -> bool:
        return all(_is_met(answer(thing), is_wanted) for answer, is_wanted in self._tests)


def unknown_filter(path: str, name: str, known: Collection[str]) -> InvalidParameterValueException:
    return invalid_value(
        path,
        f"'{name}' is not a filter of this operation. Valid filters "
        f"are: {', '.join(sorted(known))}.",
    )


def _is_met(answer: object, is_wanted: Callable[[str], bool]) -> bool:
    answers = answer if isinstance(answer, (list, tuple)) else (answer,)
    return any(isinstance(one, str) and is_wanted(one) for one in answers)


def _of_names(wanted: Sequence[str]) -> Callable[[str], bool]:
    tests = [_of_name(value) for value in wanted]
    return lambda name: any(test(name) for test in tests)


def _of_name(value: str) -> Callable[[str], bool]:
    begin, star, rest = value.partition("*")
    if star and not rest:
        return lambda name: name.startswith(begin)
    if star and not begin and rest.endswith("*"):
        return lambda name: rest[:-1] in name
    return lambda name: name == value
