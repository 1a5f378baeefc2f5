"""What the parts of the control object share: the world, and checks of their arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.suggestions import Suggesting, did_you_mean, listed
from imagebuilder_mock.protocol.model import input_members, operation_names
from imagebuilder_mock.world.clock import aware
from imagebuilder_mock.world.orders import check_reference
from imagebuilder_mock.world.settings import check_account_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.world.record import Record
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


R = TypeVar("R", bound="Resource")

DEFAULT_REGION = "us-east-1"
_REGION = re.compile(r"[a-z0-9-]+", re.ASCII)

SOME_IMAGE = "arn:aws:imagebuilder:us-east-1:123456789012:image/web/1.0.0/1"
"""For the examples of published methods."""


class Face(Suggesting):
    """A part of the control object: it acts on the world of a mock."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def __repr__(self) -> str:
        name = type(self).__name__.removeprefix("Mock").lower()
        with self._world.lock:
            holds = self._holds()
        return f"<mock.{name}: {holds}>" if holds else f"<mock.{name}>"

    def _holds(self) -> str:
        """What it holds at the moment, for its ``repr``."""
        return ""


def check_text(*, or_none: bool = False, may_be_empty: bool = False, **texts: object) -> None:
    """TypeError for what is no string, ValueError for an empty string."""
    for name, value in texts.items():
        if not (isinstance(value, str) or (value is None and or_none)):
            msg = f"{name}={value!r}: give a string."
            raise TypeError(msg)
        if value == "" and not may_be_empty:
            msg = f"{name}='': give a string that is not empty."
            raise ValueError(msg)


def check_truth(**flags: object) -> None:
    """TypeError for what is neither True nor False: every text but the empty one would be true."""
    for name, value in flags.items():
        if not isinstance(value, bool):
            msg = f"{name}={value!r}: give True or False."
            raise TypeError(msg)


def check_references(**references: str | None) -> None:
    """ValueError for what is neither a name nor an ARN, and not None."""
    for name, reference in references.items():
        try:
            check_reference(reference or "")
        except ValueError as refusal:
            msg = f"{name}={reference!r}: give a name or an ARN ({refusal})."
            raise ValueError(msg) from None


def check_times(times: object, *, or_none: str = "") -> None:
    """ValueError for what is no number of times; ``or_none`` is what None means, if allowed."""
    if (times is None and or_none) or (type(times) is int and times >= 1):
        return
    msg = f"times={times!r}: give a whole number from 1 on{or_none and f', or None for {or_none}'}."
    raise ValueError(msg)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def refuse_text(**lists: Collection[object]) -> None:
    """TypeError for a string in the place of a list: it would be taken as a list of letters."""
    for name, value in lists.items():
        if isinstance(value, str):
            msg = f"{name}={value!r} is one string: give a list, [{value!r}]."
            raise TypeError(msg)


def past(world: World, moment: datetime | None, what: str) -> datetime:
    """A moment in UTC, by default now; ValueError if it lies ahead or has no time zone."""
    now = world.clock.now()
    if moment is None:
        return now
    moment = aware(moment, f"{what}=")
    if moment > now:
        msg = f"{what}={moment.isoformat()} lies ahead: it is {now.isoformat()}."
        raise ValueError(msg)
    return moment


def check_operation(name: str | None) -> None:
    """ValueError, with the closest names, if the model does not have this operation."""
    if name is not None:
        check_known("operation", name, operation_names())


def check_parameters(operation: str | None, parameters: Mapping[str, object]) -> None:
    """ValueError for a parameter that the operation, or any if it is None, does not have.

    So it is for a member of a parameter: nothing could ever match it.
    """
    for name, value in parameters.items():
        if operation is not None:
            members = input_members(operation)
            check_known(f"parameter of {operation}", name, sorted(members))
            shapes = [members[name]]
        else:
            all_members = (input_members(known) for known in operation_names())
            shapes = [members[name] for members in all_members if name in members]
            if not shapes:
                msg = f"No operation has a parameter {name!r}. An operation's name stands first."
                raise ValueError(msg)
        slips = [next(_unknown_members(shape, value, name), None) for shape in shapes]
        if (slip := slips[0]) is not None and None not in slips:
            place, member, known = slip
            check_known(f"member of {place}", member, known)


def _unknown_members(shape: Any, value: object, place: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each member that a value has and its shape has not: where, its name, and those it has."""
    if shape.type_name == "list" and isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield from _unknown_members(shape.member, item, f"{place}[{position}]")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unknown_members(shape.value, item, f"{place}.{key}")
    elif shape.type_name == "structure" and isinstance(value, Mapping):
        for name, item in value.items():
            if name in shape.members:
                yield from _unknown_members(shape.members[name], item, f"{place}.{name}")
            else:
                yield place, name, sorted(shape.members)


def check_known(what: str, given: str, known: Sequence[str]) -> None:
    """ValueError for an unknown name, with the closest known name, or else with some of them."""
    if given not in known:
        hint = did_you_mean(str(given), known) or f" There are: {listed(known)}."
        msg = f"There is no {what} {given!r}.{hint}"
        raise ValueError(msg)


def counts_of(record: Record) -> list[str]:
    """``GetImage (2)``, for each operation that was called."""
    return [f"{name} ({count})" for name, count in sorted(record.counts.items())]


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 build``, or ``2 builds``."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def check_region(region: object, name: str = "region") -> None:
    """ValueError for what is neither a Region's name nor None."""
    if region is None:
        return
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        msg = f"{name}={region!r}: give a Region's name, such as {DEFAULT_REGION!r}."
        raise ValueError(msg)


def region_in_use(world: World) -> str:
    """The only Region that has resources; us-east-1 if none or several have."""
    with world.lock:
        regions = {region for (_, region), store in world.state.stores.items() if any(store)}
    return regions.pop() if len(regions) == 1 else DEFAULT_REGION


def store_at(world: World, *, region: str | None, account_id: str | None) -> Store:
    """The resources of an account (the mock's) in a Region (the one in use).

    ValueError if ``account_id`` is not 12 digits, or ``region`` is no name of a Region.
    """
    check_region(region)
    account = world.account_id if account_id is None else account_id
    check_account_id(account)
    return world.store(account, region or region_in_use(world))


def pipeline_at(store: Store, pipeline: str) -> ImagePipeline:
    """A pipeline by its name or ARN; LookupError, which lists the pipelines, if there is none."""
    is_arn = pipeline.startswith("arn:")
    arn = pipeline if is_arn else str(store.arn_for(ImagePipeline.kind, pipeline))
    found = store.get(ImagePipeline, arn)
    if found is None:
        raise not_there("pipeline", pipeline, store, store.order(ImagePipeline))
    return found


def not_there(what: str, named: str, store: Store, known: Iterable[Resource]) -> LookupError:
    """The error for a name or an ARN that nothing of the kind has; it lists what is ``known``."""
    is_arn = named.startswith("arn:")
    words = list(dict.fromkeys(each.arn if is_arn else each.name for each in known))
    return LookupError(
        f"There is no {what} {named!r} in {store.region} of account {store.account}."
        f"{did_you_mean(named, words)} There are: {listed(words)}."
    )


def every(kind: type[R], world: World) -> Iterator[R]:
    """The resources of a type in all accounts and Regions."""
    for store in world.state.stores.values():
        yield from store.order(kind)


def image_at(
    world: World, arn: str, instead: Callable[[], str] | None = None
) -> tuple[Store, Image]:
    """An image by its build version ARN, and the store that has it.

    LookupError if there is none; its text ends with ``instead()``, by default a list of the images.
    """
    try:
        parsed = Arn.parse(str(arn))
    except ValueError:
        said = f"{arn!r} is not an image build version ARN."
    else:
        store = world.state.stores.get((parsed.account, parsed.region))
        image = None if store is None else store.get(Image, arn)
        if store is not None and image is not None:
            return store, image
        said = f"There is no image {arn}."
    known = instead() if instead else f"There are: {listed(x.arn for x in every(Image, world))}."
    msg = f"{said} {known}"
    raise LookupError(msg)
