"""Where a test means, if it does not say so: the account and the Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.world.settings import Settings

if TYPE_CHECKING:
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

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
