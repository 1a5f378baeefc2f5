"""Everything that a mock knows: all accounts and Regions, what lies ahead, and the time."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .arn import Arn
from .build_failures import BuildFailures
from .durations import Durations
from .events import Events
from .faults import FaultRules
from .idempotency import ClientTokens
from .lifecycle_executions import LifecycleExecutions
from .machine_images import MachineImages
from .managed import OWNERS, managed_store, store_with
from .ordered import Numbering
from .outbox import Message, Outbox, TellingLock
from .paging import PageTokens
from .quotas import Quotas
from .record import Record
from .references import References
from .resources.base import Resource
from .scheduler import Scheduler
from .store import Store
from .versions import VersionPattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Clock
    from .events import Event
    from .ids import Ids
    from .managed import Publication
    from .settings import Settings

R = TypeVar("R", bound=Resource)


class State:
    """What a reset empties and what a copy takes along: plain data, no locks, no callables."""

    def __init__(self) -> None:
        self.numbering = Numbering()
        self.stores: dict[tuple[str, str], Store] = {}
        self.shared: dict[tuple[str, str], Store] = {}
        self.references = References()
        self.tokens = ClientTokens()
        self.scheduler = Scheduler()
        self.failures = BuildFailures()
        self.publications: list[Publication] = []
        self.managed: dict[tuple[str, str], Store] = {}
        """What Amazon offers with the publications, where somebody has looked."""
        self.machine_images = MachineImages()
        self.lifecycle_executions = LifecycleExecutions()


class World:
    """One world: shared by all threads, whose requests it takes one after the other."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        ids: Ids,
        partition_of: Callable[[str], str],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.ids = ids
        self.quotas = Quotas(settings.quotas)
        self.page_tokens = PageTokens(ids.uuid().encode())
        self.record = Record(settings.calls_kept_bytes)
        self.durations = Durations()
        self.events = Events()
        self.outbox = Outbox()
        self.lock = TellingLock(self.outbox)
        self.faults = FaultRules(settings.seed)
        self.state = State()
        self.beginning: State | None = None
        """A copy of the state to which a reset goes back; None is an empty one."""
        self._partition_of = partition_of

    def reset(self) -> None:
        """Empty the world, or go back to the saved state it began with; clock and options stay."""
        with self.lock:
            self.state = State() if self.beginning is None else deepcopy(self.beginning)
            self.record.clear()
            self.events.clear()
            self.outbox.forget()
            self.faults.clear()

    def publish(self, event: Event) -> None:
        """Let an event be known; those who subscribed are told as soon as the lock is free."""
        for subscriber in self.events.add(event):
            subject = f"a subscriber of {event.name}"
            self.outbox.put(Message(subject, partial(subscriber, event), is_loud=True))

    def renew_lock(self) -> None:
        """In a forked child: the lock may have been held by a thread that is not there.

        What was still to be told is the parent's to tell.
        """
        self.outbox = Outbox()
        self.lock = TellingLock(self.outbox)

    def tell(self, subject: str, deliver: Callable[[], object]) -> None:
        """Tell a neighbour something as soon as the lock is free; ``subject`` is for the record."""
        self.outbox.put(Message(subject, deliver))

    def store(self, account: str, region: str) -> Store:
        """What an account has in a Region; it is empty at first."""
        return self._store_in(self.state.stores, account, region)

    def shared_with(self, account: str, region: str) -> Store:
        """What other accounts share with an account in a Region: resources of their stores."""
        return self._store_in(self.state.shared, account, region)

    def managed(self, account: str, region: str) -> Store:
        """What Amazon offers in a Region under one of its account names."""
        offer = managed_store(self._partition_of(region), region, account)
        if not self.state.publications:
            return offer
        store = self.state.managed.get((account, region))
        if store is None:
            store = store_with(offer, self.state.publications)
            self.state.managed[account, region] = store
        return store

    def publish_managed(self, publication: Publication) -> None:
        """Let Amazon offer another version, in every Region."""
        self.state.publications.append(publication)
        self.state.managed.clear()

    def find(self, viewer: Store, cls: type[R], arn: str, *, parameter: str) -> R | None:
        """What an ARN means to an account: itself, or the newest fit build of a wildcard.

        An account sees its own resources, Amazon's, and what is shared with it, in the Region
        that it asks. InvalidParameterValueException names ``parameter`` if a wildcard stands
        where none can.
        """
        parsed = Arn.parse(arn)
        pattern = None
        if parsed.version and not parsed.build and (cls.has_builds or parsed.is_wildcard):
            pattern = VersionPattern.parse(parsed.version, parameter=parameter)
        if (parsed.partition, parsed.region) != (viewer.partition, viewer.region):
            return None
        store = self._source_of(parsed, viewer)
        if pattern is None:
            return store.get(cls, arn)
        return store.newest(cls, parsed, pattern)

    def share(self, resource: Resource, accounts: frozenset[str]) -> None:
        """Let these accounts, and no others, see a resource."""
        region = Arn.parse(resource.arn).region
        for account in resource.shared_with - accounts:
            self.shared_with(account, region).remove(resource)
        for account in accounts - resource.shared_with:
            self.shared_with(account, region).admit(resource)
        resource.shared_with = accounts

    def _store_in(self, stores: dict[tuple[str, str], Store], account: str, region: str) -> Store:
        store = stores.get((account, region))
        if store is None:
            store = Store(self._partition_of(region), region, account, self.state.numbering)
            stores[account, region] = store
        return store

    def _source_of(self, arn: Arn, viewer: Store) -> Store:
        if arn.account in OWNERS:
            return self.managed(arn.account, arn.region)
        if arn.account == viewer.account:
            return viewer
        return self.shared_with(viewer.account, viewer.region)

    def add(self, store: Store, resource: Resource) -> None:
        store.add(resource)
        self.state.references.add(resource)

    def replace(self, store: Store, resource: Resource) -> None:
        before = store.any(resource.arn)
        if before is not None:
            self.state.references.remove(before)
        store.replace(resource)
        self.state.references.add(resource)

    def remove(self, store: Store, resource: Resource) -> None:
        store.remove(resource)
        self.state.references.remove(resource)

    def is_needed(self, resource: Resource) -> bool:
        """Whether something refers to the resource, as of now.

        A wildcard means the newest match alone: an older version can go while ``x.x.x`` is used.
        """
        arn = Arn.parse(resource.arn)
        home = self.store(arn.account, arn.region)
        for reference in self.state.references.to(resource.arn):
            meant = self.find(home, type(resource), reference, parameter="arn")
            if meant is not None and meant.arn == resource.arn:
                return True
        return False
