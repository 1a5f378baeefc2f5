"""A real account as a saved state, for ``mock_imagebuilder(state=…)``."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from random import Random
from typing import TYPE_CHECKING, Any, get_args

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.engines.lifecycle import policies
from imagebuilder_mock.engines.pipelines import schedule
from imagebuilder_mock.protocol.identity import partition_of
from imagebuilder_mock.world.clock import Clock
from imagebuilder_mock.world.ids import Ids
from imagebuilder_mock.world.saved.damage import Damage
from imagebuilder_mock.world.saved.document import AnyResource, SavedState
from imagebuilder_mock.world.saved.records import codec_of
from imagebuilder_mock.world.saved.worlds import saved
from imagebuilder_mock.world.settings import DEFAULT_ACCOUNT, Settings
from imagebuilder_mock.world.world import World

from .masking import masked_accounts, masked_names
from .resources import machine_images, resource_from
from .walking import walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.base import Resource

    from .journal import Journal


@dataclass(slots=True)
class Captured:
    """The result: how many resources of each class, and which were left out, and why."""

    state: SavedState
    counts: Counter[str]
    left_out: dict[str, str] = field(default_factory=dict)


def capture(
    client: Any,
    journal: Journal,
    *,
    account_mask: str | None = None,
    mask_names: bool = False,
    ec2_in: Callable[[str], Any] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Captured:
    """Read the account and Region of a client, with list and get operations only.

    With ``ec2_in``, which returns a client for a Region, EC2 is asked to describe the AMIs too.
    """
    classes = {cls.__name__: cls for cls in get_args(AnyResource)}
    resources: list[Resource] = []
    left_out = {}
    for found in walk(client, journal, progress):
        try:
            resources.append(resource_from(classes[found.cls], found.members))
        except Damage as damage:
            left_out[found.arn] = f"{damage.path} {damage.detail}"
    resources.sort(key=lambda each: (each.date_created, each.arn))
    images = (each for each in resources if isinstance(each, Image))
    amis = [] if ec2_in is None else list(machine_images(images, ec2_in, journal, progress))
    state = _state(resources, amis)
    json = codec_of(SavedState).write(state)
    if mask_names:
        json = masked_names(json, [(each.kind, each.name) for each in resources])
    if account_mask is not None:
        json = masked_accounts(json, state.account_id, account_mask)
    counts = Counter(type(each).__name__ for each in (*resources, *amis))
    return Captured(codec_of(SavedState).read(json), counts, left_out)


def _state(resources: list[Resource], amis: list[MachineImage]) -> SavedState:
    accounts = Counter(Arn.parse(each.arn).account for each in resources)
    account = accounts.most_common(1)[0][0] if accounts else DEFAULT_ACCOUNT
    world = World(
        Settings(account_id=account),
        clock=Clock(lambda: datetime.now(timezone.utc)),
        ids=Ids(Random(0)),
        partition_of=partition_of,
    )
    for resource in resources:
        arn = Arn.parse(resource.arn)
        store = world.store(arn.account, arn.region)
        world.add(store, resource)
        if isinstance(resource, Image) and resource.is_in_progress:
            store.running[resource.arn] = resource
        if isinstance(resource, ImagePipeline) and resource.date_next_run is not None:
            resource.schedule_ticket = world.state.scheduler.enter(
                resource.date_next_run, schedule.ACTION, resource.arn
            )
        if isinstance(resource, LifecyclePolicy):
            policies.plan_next_run(world, resource)
    for ami in amis:
        world.state.machine_images.add(ami)
    return saved(world)
