"""What the parts of the control object share: the world, and how they read what a test names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.protocol.model import input_members, operation_names
from imagebuilder_mock.world.settings import check_account_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


DEFAULT_REGION = "us-east-1"

SOME_IMAGE = "arn:aws:imagebuilder:us-east-1:123456789012:image/web/1.0.0/1"
"""For the examples of published methods."""


class Face:
    """A part of the control object: it acts on the world of a mock."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world


def check_operation(name: str) -> None:
    """ValueError, which lists all operations, if the model does not have this one."""
    check_known("operation", name, operation_names())


def check_parameters(operation: str | None, names: Iterable[str]) -> None:
    """ValueError for a parameter that the operation, or any if it is None, does not have."""
    for name in names:
        if operation is not None:
            check_known(f"parameter of {operation}", name, sorted(input_members(operation)))
        elif not any(name in input_members(known) for known in operation_names()):
            msg = f"No operation has a parameter {name!r}. An operation's name stands first."
            raise ValueError(msg)


def check_known(what: str, given: str, known: Sequence[str]) -> None:
    """ValueError for an unknown name; it has the closest name, and lists all that are known."""
    if given in known:
        return
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(str(given).replace("_", "").lower(), by_lower, n=1)
    hint = f" Did you mean {by_lower[close[0]]!r}?" if close else ""
    msg = f"There is no {what} {given!r}.{hint} There are: {', '.join(known)}."
    raise ValueError(msg)


def region_in_use(world: World) -> str:
    """The only Region that has resources; us-east-1 if none or several have."""
    with world.lock:
        regions = {region for (_, region), store in world.state.stores.items() if any(store)}
    return regions.pop() if len(regions) == 1 else DEFAULT_REGION


def store_at(world: World, *, region: str | None, account_id: str | None) -> Store:
    """The resources of an account (the mock's) in a Region (the one in use).

    ValueError if ``account_id`` is not 12 digits.
    """
    account = world.account_id if account_id is None else account_id
    check_account_id(account)
    return world.store(account, region or region_in_use(world))


def image_at(world: World, arn: str, instead: Callable[[], str]) -> tuple[Store, Image]:
    """An image by its build version ARN, and the store that has it.

    LookupError if there is none; it ends with what ``instead`` says.
    """
    try:
        parsed = Arn.parse(arn)
    except ValueError:
        msg = f"{arn!r} is no image build version ARN. {instead()}"
        raise LookupError(msg) from None
    store = world.state.stores.get((parsed.account, parsed.region))
    image = None if store is None else store.get(Image, arn)
    if store is None or image is None:
        msg = f"There is no image {arn}. {instead()}"
        raise LookupError(msg)
    return store, image
