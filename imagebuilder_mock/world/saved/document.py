"""The content of a state file: everything in a world that affects later answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from imagebuilder_mock.domain.records import Value, fresh
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.resources.workflows import Workflow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecution
    from imagebuilder_mock.domain.resources.scans import ImagePackage, ImageScanFinding
    from imagebuilder_mock.world.managed import Publication
    from imagebuilder_mock.world.orders import BuildFailure, StepOutputs
    from imagebuilder_mock.world.scheduler import Due
    from imagebuilder_mock.world.store import FamilyNumbers
    from imagebuilder_mock.world.tokens import UsedToken

AnyResource: TypeAlias = (
    Component
    | ContainerRecipe
    | DistributionConfiguration
    | Image
    | ImagePipeline
    | ImageRecipe
    | InfrastructureConfiguration
    | LifecyclePolicy
    | Workflow
)


class SavedStore(Value, kw_only=True):
    """What an account has in a Region; what is shared with it is derived from the resources."""

    account_id: str
    region: str
    resources: Sequence[AnyResource] = ()
    running: Sequence[str] = ()
    """The ARNs of builds that have not ended, in the order of their start."""
    names: Sequence[FamilyNumbers] = ()
    findings: Sequence[ImageScanFinding] = ()
    on_demand_findings: Sequence[ImageScanFinding] = ()
    packages: Mapping[str, Sequence[ImagePackage]] = fresh(factory=dict)
    """What a test supplied, by the image's ARN."""
    settled_scans: Sequence[str] = ()
    """The images whose scans add no more findings by themselves."""


class SavedShare(Value, kw_only=True):
    """The order in which an account sees what is shared with it."""

    account_id: str
    region: str
    names: Sequence[FamilyNumbers]


class SavedState(Value, kw_only=True):
    """A whole world."""

    account_id: str
    """The account of clients whose credentials name none."""
    time: datetime
    stands_still: bool = False
    offset: timedelta = timedelta()
    """How far a clock that runs is ahead of real time."""
    seed: int = 0
    drawn: int = 0
    """How much of the seed's random stream has been used, in words of 32 bits."""
    page_key: bytes = b""
    last_number: int = 0
    """The highest place in the order of making."""
    last_ticket: int = 0
    stores: Sequence[SavedStore] = ()
    shares: Sequence[SavedShare] = ()
    scheduler: Sequence[Due] = ()
    client_tokens: Sequence[UsedToken] = ()
    machine_images: Sequence[MachineImage] = ()
    refusals: Sequence[tuple[str, str | None, str]] = ()
    """What EC2 or ECR refuse for a test: resource, action (None for all) and message."""
    lifecycle_executions: Sequence[LifecycleExecution] = ()
    failures: Sequence[BuildFailure] = ()
    output_orders: Sequence[StepOutputs] = ()
    documents: Mapping[str, str] = fresh(factory=dict)
    """What a test has put at S3 URIs."""
    publications: Sequence[Publication] = ()
    durations: Mapping[str, timedelta] = fresh(factory=dict)
    """Those that a test has set."""
