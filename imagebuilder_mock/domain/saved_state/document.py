"""What is in a state file: everything that has a say in what a world answers from then on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from imagebuilder_mock.domain.build_failures import BuildFailure
    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.managed import Publication
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.image_scan import ImagePackage, ImageScanFinding
    from imagebuilder_mock.domain.resources.lifecycle_execution import LifecycleExecution
    from imagebuilder_mock.domain.scheduler import ScheduledAction


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedName:
    """A name, all that is known of its numbers. It outlives its resources."""

    owner: str
    kind: str
    slug: str
    sequence: int
    versions: Mapping[str, int]
    """The versions that are there, with their places in the order of lists."""
    last_builds: Mapping[str, int]
    highest: Sequence[tuple[int | None, int | None, int | None, int]]
    """For versions with an ``x``: the numbers around it, and the highest ever used in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStore:
    """What an account has in a Region; what others share with it is found by itself."""

    account_id: str
    region: str
    resources: Sequence[Resource] = ()
    running: Sequence[str] = ()
    """The ARNs of builds that have not ended, in the order of their start."""
    names: Sequence[SavedName] = ()
    findings: Sequence[ImageScanFinding] = ()
    on_demand_findings: Sequence[ImageScanFinding] = ()
    packages: Mapping[str, Sequence[ImagePackage]] = field(default_factory=dict)
    """What a test supplied, by the image's ARN."""
    settled_scans: Sequence[str] = ()
    """The images whose scan finds nothing more of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedShare:
    """The order in which an account sees what is shared with it."""

    account_id: str
    region: str
    names: Sequence[SavedName]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDue:
    """One entry of the scheduler."""

    moment: datetime
    ticket: int
    action: ScheduledAction
    arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedToken:
    """A client token, and the answer that it got."""

    account_id: str
    region: str
    operation: str
    token: str
    fingerprint: str
    answer: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedState:
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
    page_key: str = ""
    last_number: int = 0
    """The highest place in the order of making."""
    last_ticket: int = 0
    stores: Sequence[SavedStore] = ()
    shares: Sequence[SavedShare] = ()
    scheduler: Sequence[SavedDue] = ()
    client_tokens: Sequence[SavedToken] = ()
    machine_images: Sequence[MachineImage] = ()
    refusals: Sequence[tuple[str, str | None, str]] = ()
    """What a test lets EC2 or ECR refuse: resource, action or none for all, message."""
    lifecycle_executions: Sequence[LifecycleExecution] = ()
    failures: Sequence[BuildFailure] = ()
    publications: Sequence[Publication] = ()
    durations: Mapping[str, timedelta] = field(default_factory=dict)
    """What a test has set of them."""
    more: Mapping[str, object] = field(default_factory=dict)
    """Other parts of the world's state, by their names."""
