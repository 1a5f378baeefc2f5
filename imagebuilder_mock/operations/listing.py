"""Lists: pages, filters, and the owners whose resources are listed.

An entry meets a filter by one of its values, and is listed if it meets all filters. Names and
values are case-sensitive. Only the filter ``name`` has a wildcard: ``web*`` means names that begin
with web, ``*web*`` names that contain it (API reference, Filter).
"""

from __future__ import annotations

from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, cast

from imagebuilder_mock.domain.arn import ACCOUNTS, Arn
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.ordered import OrderedIndex, Sequenced
from imagebuilder_mock.domain.resources.base import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.errors import InvalidParameterValueException
    from imagebuilder_mock.domain.resources.base import ResourceVersion
    from imagebuilder_mock.world.store import Entry, Store

    from .handler import Context, Result

    class Listing(TypedDict, total=False):
        """What requests for lists have in common."""

        byName: bool
        filters: Sequence[wire.FilterTypeDef]
        maxResults: int
        nextToken: str
        owner: str


R = TypeVar("R", bound=Resource)
T = TypeVar("T", bound=Sequenced)
V = TypeVar("V")


DEFAULT_PAGE_SIZE = 25
"""Seen and documented (API reference, ``maxResults`` of ListComponents)."""

FILTERS: Mapping[str, Callable[[Any], object]] = {
    "containerType": attrgetter("container_type"),
    "description": attrgetter("description"),
    "distributionConfigurationArn": attrgetter("distribution_configuration_arn"),
    "imageRecipeArn": attrgetter("image_recipe_arn"),
    "infrastructureConfigurationArn": attrgetter("infrastructure_configuration_arn"),
    "name": attrgetter("name"),
    "osVersion": attrgetter("os_version"),
    "parentImage": attrgetter("parent_image"),
    "platform": attrgetter("platform"),
    "productCodes": lambda shown: [each.product_code_id for each in shown.product_codes or ()],
    "resourceType": attrgetter("resource_type"),
    "status": attrgetter("status"),
    "supportedOsVersion": attrgetter("supported_os_versions"),
    "type": attrgetter("type"),
    "version": attrgetter("version"),
}
"""What each filter looks at, of the things that a list shows."""


def by(*names: str) -> Mapping[str, Callable[[Any], object]]:
    """The filters of a list, by their names."""
    return {name: FILTERS[name] for name in names}


def listed(
    ctx: Context,
    params: Mapping[str, object],
    member: str,
    index: OrderedIndex[T],
    *,
    view: Callable[[T], object] | None = None,
    filters: Mapping[str, Callable[[Any], object]] | None = None,
    newest_first: bool = False,
    scope: str = "",
) -> Result:
    """One page of ``index`` as the answer's ``member``.

    ``view`` returns what is shown of an entry, or None to leave it out; ``filters`` are those that
    the operation takes. A token is valid only for a list with the same ``scope``.
    """
    asked = cast("Listing", params)
    show = view or _itself
    requested, token = asked.get("filters", ()), asked.get("nextToken")
    is_wanted = matching(requested, filters or {})
    list_name = f"{ctx.operation} {ctx.store.account} {ctx.store.region} {scope}"
    state = ctx.world.state

    def admitted(entry: T) -> object:
        shown = show(entry)
        return shown if shown is not None and is_wanted(shown) else None

    items, position = page_of(
        index,
        after=None if token is None else state.page_tokens.decode(list_name, token),
        size=asked.get("maxResults", DEFAULT_PAGE_SIZE),
        newest_first=newest_first,
        show=admitted if requested else show,
    )
    if position is None:
        return {member: items}
    return {member: items, "nextToken": state.page_tokens.encode(list_name, position)}


def versions_listed(
    ctx: Context,
    params: Mapping[str, object],
    cls: type[R],
    entry_cls: type[ResourceVersion],
    *,
    filters: Mapping[str, Callable[[Any], object]],
    admit: Callable[[R], bool] | None = None,
    not_of: Collection[str] = (),
    newest_first: bool = False,
) -> Result:
    """The versions of an owner's resources, or their names, each by its newest build.

    ``admit`` says which builds count. InvalidParameterValueException for an owner in ``not_of``.
    """
    asked = cast("Listing", params)
    owner, by_name = asked.get("owner", "Self"), asked.get("byName", False)
    if by_name and any(entry.get("name") == "version" for entry in asked.get("filters", ())):
        # Seen for ListImages.
        raise invalid_combination(
            "filters",
            f"You cannot list {cls.label}s by name and filter by version in the same request.",
        )
    if owner in not_of:
        raise invalid_value(
            "owner", f"The owner '{owner}' is not supported for {cls.label.lower()}s."
        )
    store = owned_by(ctx, owner)

    def newest(entry: Entry[R]) -> object:
        build = next(filter(admit, entry.newest_first()), None)
        return None if build is None else entry_cls.of(build, by_name=by_name)

    return listed(
        ctx,
        params,
        f"{cls.member()}VersionList",
        store.names(cls) if by_name else store.versions(cls),
        view=newest,
        filters=filters,
        newest_first=newest_first,
        scope=f"{owner} {by_name}",
    )


def owned_by(ctx: Context, owner: str) -> Store:
    """The resources of an ``owner`` that the caller can see."""
    if owner == "Self":
        return ctx.store
    if owner == "Shared":
        return ctx.world.shared_with(ctx.store.account, ctx.store.region)
    return ctx.world.managed(ACCOUNTS[owner], ctx.store.region)


def own_builds(ctx: Context, cls: type[R], version_arn: str | None) -> OrderedIndex[R]:
    """The caller's builds of a class, or of one version; none for an ARN that means nothing."""
    if version_arn is None:
        return ctx.store.order(cls)
    arn = Arn.parse(version_arn)
    if arn.version is None or not ctx.store.is_home_of(arn):
        return OrderedIndex()
    return ctx.store.builds_of(cls, arn)


def page_of(
    index: OrderedIndex[T],
    *,
    after: int | None,
    size: int,
    newest_first: bool,
    show: Callable[[T], V | None],
) -> tuple[list[V], int | None]:
    """What ``show`` makes of the next ``size`` entries, and the position of the next page, if any.

    Entries for which it returns None are left out after the page was cut, so a page can be short or
    empty and still have a next one, as the service's pages can (aws-cli issue 8980).
    """
    entries = index.before(after) if newest_first else index.after(after)
    scanned = list(islice(entries, size + 1))
    more = len(scanned) > size
    shown = [view for view in map(show, scanned[:size]) if view is not None]
    return shown, scanned[size - 1].sequence if more else None


def matching(
    requested: Sequence[wire.FilterTypeDef], known: Mapping[str, Callable[[V], object]]
) -> Callable[[V], bool]:
    """A function that tells whether a thing meets all filters of a request.

    ``known`` has, for each filter that the operation takes, a function that reads the value from a
    thing. InvalidParameterValueException names the first filter that the operation does not take.
    """
    tests: list[tuple[Callable[[V], object], Callable[[str], bool]]] = []
    for position, entry in enumerate(requested):
        name = entry.get("name", "")
        if name not in known:
            raise unknown_filter(f"filters[{position}].name", name, known)
        wanted = entry.get("values", ())
        is_wanted = _of_names(wanted) if name == "name" else frozenset(wanted).__contains__
        tests.append((known[name], is_wanted))
    return lambda thing: all(_is_met(answer(thing), is_wanted) for answer, is_wanted in tests)


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


def _itself(entry: T) -> T:
    return entry
