"""What a test names: members, operations, and the place, an account in a Region."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from imagebuilder_mock.protocol.failures import input_members
from imagebuilder_mock.protocol.model import operation_names
from imagebuilder_mock.world.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


def check_operation(name: str) -> None:
    """ValueError, with what there is, if the model has no such operation."""
    check_known("operation", name, operation_names())


def check_parameters(operation: str | None, names: Iterable[str]) -> None:
    """ValueError for a parameter that the operation does not have; None means any operation."""
    for name in names:
        if operation is not None:
            check_known(f"parameter of {operation}", name, input_members(operation))
        elif not any(name in input_members(known) for known in operation_names()):
            msg = f"No operation has a parameter {name!r}. An operation's name stands first."
            raise ValueError(msg)


def check_known(what: str, given: str, known: Sequence[str]) -> None:
    """ValueError, with the closest and with all that there are, for a name that is not known."""
    if given in known:
        return
    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(str(given).replace("_", "").lower(), by_lower, n=1)
    hint = f" Did you mean {by_lower[close[0]]!r}?" if close else ""
    msg = f"There is no {what} {given!r}.{hint} There are: {', '.join(known)}."
    raise ValueError(msg)


DEFAULT_REGION = "us-east-1"


def region_in_use(world: World) -> str:
    """The only Region in which anything was made; us-east-1 if there is none, or more than one."""
    with world.lock:
        regions = {region for (_, region), store in world.state.stores.items() if any(store)}
    return regions.pop() if len(regions) == 1 else DEFAULT_REGION


def store_at(world: World, *, region: str | None, account_id: str | None) -> Store:
    """The resources of an account in a Region, by default the mock's and the one in use.

    ValueError if the account is none.
    """
    account = world.settings.account_id if account_id is None else account_id
    Settings(account_id=account)
    return world.store(account, region or region_in_use(world))
