"""Everything that a mock knows: all accounts and Regions, what lies ahead, and the time."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy, deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_value, missing_reference
from imagebuilder_mock.domain.ordered import Numbering
from imagebuilder_mock.domain.quotas import Quotas
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.versions import VersionPattern

from .clock import Clock
from .durations import Durations
from .events import Events
from .faults import FaultRules
from .indexes import LifecycleExecutions, MachineImages, References
from .managed import managed_store, store_with
from .orders import BuildFailures, OutputOrders, PlacedOrders
from .outbox import Message, Outbox, TellingLock
from .record import Record
from .scheduler import Scheduler
from .settings import DEFAULT_ACCOUNT
from .store import Store
from .tokens import ClientTokens, PageTokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from .events import Event
    from .ids import Ids
    from .managed import Publication
    from .neighbours import Neighbours
    from .settings import Settings

R = TypeVar("R", bound=Resource)


class State:
    """What a reset empties, and snapshots and state files hold: plain data, no locks, no callables.

    The parts are read from a file in this order: what counts numbers comes after the resources
    that have them (``saved/worlds.py``).
    """

    def __init__(self, page_key: bytes) -> None:
        self.page_tokens = PageTokens(page_key)
        self.stores: dict[tuple[str, str], Store] = {}
        self.shared: dict[tuple[str, str], Store] = {}
        self.references = References()
        self.numbering = Numbering()
        self.scheduler = Scheduler()
        self.tokens = ClientTokens()
        self.machine_images = MachineImages()
        self.lifecycle_executions = LifecycleExecutions()
        self.failures = BuildFailures()
        self.output_orders = OutputOrders()
        self.documents: dict[str, str] = {}
        """What a test has put at S3 URIs."""
        self.publications: list[Publication] = []
        self.managed: dict[tuple[str, str, str | None], Store] = {}
        """What Amazon offers with the publications, for what was looked at."""
        self.durations = Durations()

    def emptied(self) -> State:
        """A new one, with the same key for the tokens of its pages."""
        return State(self.page_tokens.key)


class World:
    """One world: shared by all threads, whose requests it takes one after the other."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        ids: Ids,
        partition_of: Callable[[str], str],
        neighbours: Neighbours | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.ids = ids
        self.quotas = Quotas(settings.quotas)
        self.record = Record(settings.calls_kept_bytes)
        self.events = Events()
        self.outbox = Outbox()
        self.lock = TellingLock(self.outbox)
        self.faults = FaultRules(settings.seed)
        self.placed = PlacedOrders()
        self.state = State(ids.uuid().encode())
        self.beginning: State | None = None
        """A copy of the state to which a reset goes back; None is an empty one."""
        self.neighbours = neighbours
        """The services that are asked and told; None: nothing is looked up."""
        self.is_in_the_past = False
        """Whether what happens now is history (``in_the_past``), which nobody is told of."""
        self.step_at_work: str | None = None
        """The id of the workflow step that is doing its work, for what is logged meanwhile."""
        self.deleted: list[Image] | None = None
        """The images that were deleted since somebody asked to keep them; None if nobody has."""
        self.models: dict[tuple[str, str | None], Image] = {}
        """By recipe and pipeline, the last image of the past whose build later ones can repeat."""
        self._partition_of = partition_of
        self.default_account: Callable[[], str | None] = lambda: None
        """The default account of the cloud beside us; None if there is no cloud."""
        self._account = DEFAULT_ACCOUNT

    @property
    def account_id(self) -> str:
        """The account of clients that name none: the option's, or the default of a cloud beside us.

        The default stays when the cloud is gone.
        """
        if self.settings.account_id is not None:
            return self.settings.account_id
        self._account = self.default_account() or self._account
        return self._account

    def reset(self) -> None:
        """Empty the world, or go back to the saved state it began with; clock and options stay."""
        with self.lock:
            for part in PARTS:
                part.reset(self)

    @contextmanager
    def restored_afterwards(self) -> Iterator[None]:
        """What changes in the block is undone at its end; calls and events in it are its own."""
        before = {}
        with self.lock:
            for part in PARTS:
                if part.copy is not None:
                    before[part.name] = getattr(self, part.name)
                    setattr(self, part.name, part.copy(before[part.name]))
        try:
            yield
        finally:
            with self.lock:
                for name, value in before.items():
                    setattr(self, name, value)
                self.faults.count_on()

    def twin(self, moment: datetime) -> World:
        """A copy to try things on, whose clock stands still and which has no neighbours.

        What happens in it changes nothing in this world, and uses none of its ids.
        """
        twin = World(
            self.settings,
            clock=Clock(lambda: moment, starts_at=moment),
            ids=deepcopy(self.ids),
            partition_of=self._partition_of,
        )
        twin.state = deepcopy(self.state)
        return twin

    @contextmanager
    def in_the_past(self, moment: datetime) -> Iterator[None]:
        """What is done in the block was done at that moment, before the test began.

        Builds move only as the block moves them, no order of the test is met, and no event is sent.
        But the AMIs that builds make are in EC2, and the container images in ECR.
        """
        state, settings = self.state, self.settings
        orders = (state.failures, state.output_orders, state.durations)
        state.failures, state.output_orders, state.durations = (
            BuildFailures(),
            OutputOrders(),
            Durations(),
        )
        self.settings, self.is_in_the_past = replace(settings, builds="held"), True
        try:
            with self.clock.as_of(moment):
                yield
        finally:
            self.settings, self.is_in_the_past = settings, False
            state.failures, state.output_orders, state.durations = orders

    @contextmanager
    def all_or_nothing(self, store: Store) -> Iterator[None]:
        """If the block fails, what it has added to the store is gone, with the numbers it got."""
        known, numbers = {resource.arn for resource in store}, store.numbers()
        try:
            yield
        except BaseException:
            for resource in [each for each in store if each.arn not in known]:
                self._take_out(store, resource)
            store.restore_numbers(numbers)
            raise

    def publish(self, event: Event) -> None:
        """Record an event; its subscribers are told as soon as the lock is free."""
        for subscriber in self.events.add(event):
            subject = f"a subscriber of {event.name}"
            self.outbox.put(Message(subject, partial(subscriber, event), is_loud=True))

    def renew_lock(self) -> None:
        """In a forked child: the lock may have been held by a thread that is not there.

        What was still to be told is the parent's to tell.
        """
        self.outbox = Outbox()
        self.lock = TellingLock(self.outbox)

    def store(self, account: str, region: str) -> Store:
        """What an account has in a Region; it is empty at first."""
        return self._store_in(self.state.stores, account, region)

    def home_of(self, arn: str) -> Store:
        """Where a resource with the ARN would be."""
        parsed = Arn.parse(arn)
        return self.store(parsed.account, parsed.region)

    def shared_with(self, account: str, region: str) -> Store:
        """What other accounts share with an account in a Region: resources of their stores."""
        return self._store_in(self.state.shared, account, region)

    def managed(self, account: str, region: str, slug: str | None = None) -> Store:
        """What Amazon offers in a Region under one of its account names: all of it, or a name."""
        offer = managed_store(self._partition_of(region), region, account, slug)
        if not self.state.publications:
            return offer
        store = self.state.managed.get((account, region, slug))
        if store is None:
            store = store_with(offer, self.state.publications, slug)
            self.state.managed[account, region, slug] = store
        return store

    def publish_managed(self, publication: Publication) -> None:
        """Have Amazon offer another version, in every Region."""
        self.state.publications.append(publication)
        self.state.managed.clear()

    def find(self, viewer: Store, cls: type[R], arn: str, *, parameter: str) -> R | None:
        """What an ARN means to an account: itself, or the newest fit build of a wildcard.

        An account sees its own resources, Amazon's, and what is shared with it, in the Region
        that it asks. InvalidParameterValueException names ``parameter`` if a wildcard stands
        where none can.
        """
        own = viewer.get(cls, arn)
        if own is not None:
            return own
        parsed = Arn.parse(arn)
        pattern = None
        if parsed.version and not parsed.build and (cls.has_builds or parsed.is_wildcard):
            pattern = VersionPattern.parse(parsed.version, parameter=parameter)
        if (parsed.partition, parsed.region) != (viewer.partition, viewer.region):
            return None
        store = self._source_of(parsed, viewer, slug=parsed.slug)
        if pattern is None:
            return store.get(cls, arn)
        return store.newest(cls, parsed, pattern)

    def reference(
        self, viewer: Store, cls: type[R], arn: str, *, parameter: str | None = None
    ) -> R:
        """As ``find``, of what something refers to: InvalidParameterValueException if nothing.

        It names ``parameter``, or else the one that is called after the class.
        """
        parameter = parameter or f"{cls.member()}Arn"
        found = self.find(viewer, cls, arn, parameter=parameter)
        if found is None:
            detail = f"{missing_reference(cls.label, arn)}{self.hint_at(viewer, cls, arn)}"
            raise invalid_value(parameter, detail)
        return found

    def hint_at(self, viewer: Store, cls: type[Resource], arn: str) -> str:
        """A sentence about what an account may have meant by an ARN that means nothing to it.

        It begins with a blank, to follow the service's own; empty if there is nothing to say.
        """
        from .missing import hint_at  # noqa: PLC0415 - few tests make a slip

        parsed = Arn.parse(arn)
        # All that Amazon offers: another name may have been meant.
        return hint_at(parsed, viewer, self._source_of(parsed, viewer, slug=None), cls)

    def share(self, resource: Resource, accounts: frozenset[str]) -> None:
        """Share a resource with these accounts, and with no others."""
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

    def _source_of(self, arn: Arn, viewer: Store, *, slug: str | None) -> Store:
        """The store in which an account finds an ARN; of Amazon's, only a name if one is given."""
        if arn.owner is not None:
            return self.managed(arn.account, arn.region, slug)
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
        self._take_out(store, resource)
        if self.deleted is not None and isinstance(resource, Image):
            self.deleted.append(resource)

    def _take_out(self, store: Store, resource: Resource) -> None:
        store.remove(resource)
        self.state.references.remove(resource)

    def is_needed(self, resource: Resource) -> bool:
        """Whether something refers to the resource, as of now.

        A wildcard means the newest match alone: an older version can go while ``x.x.x`` is used.
        """
        home = self.home_of(resource.arn)
        for reference in self.state.references.to(resource.arn):
            meant = self.find(home, type(resource), reference, parameter="arn")
            if meant is not None and meant.arn == resource.arn:
                return True
        return False


class Part(Value):
    """An attribute of a world that changes, and what becomes of it."""

    name: str
    reset: Callable[[World], object]
    """What a reset does to it."""
    copy: Callable[[Any], Any] | None
    """What stands in its place in a snapshot, and while a test of a class runs; None: itself."""
    is_put_aside: bool
    """Whether snapshots and state files hold it; else it is the test's own, and they leave it."""


def _leave(_: World) -> None:
    """The clock and the stream of ids go on after a reset."""


def _begin_again(world: World) -> None:
    beginning = world.beginning
    world.state = world.state.emptied() if beginning is None else deepcopy(beginning)


PARTS = (
    Part("state", _begin_again, deepcopy, is_put_aside=True),
    Part("clock", _leave, copy, is_put_aside=True),
    Part("ids", _leave, deepcopy, is_put_aside=True),
    Part("faults", lambda world: world.faults.clear(), FaultRules.copy, is_put_aside=False),
    Part("placed", lambda world: world.placed.excuse(), PlacedOrders.emptied, is_put_aside=False),
    Part("record", lambda world: world.record.clear(), Record.emptied, is_put_aside=False),
    Part("events", lambda world: world.events.clear(), Events.emptied, is_put_aside=False),
    Part("outbox", lambda world: world.outbox.forget(), None, is_put_aside=False),
)
"""All that a world consists of. Data that is saved with it belongs in the state."""


class Snapshot:
    """What ``mock.snapshot()`` gives and ``mock.restore()`` takes; it does not change."""

    __slots__ = ("_parts", "taken_at")

    def __init__(self, world: World) -> None:
        with world.lock:
            self.taken_at = world.clock.now()
            self._parts = [
                (part.name, part.copy, part.copy(getattr(world, part.name)))
                for part in PARTS
                if part.is_put_aside and part.copy is not None
            ]

    def __repr__(self) -> str:
        return f"<Snapshot of {self.taken_at.isoformat()}>"

    def restore(self, world: World) -> None:
        with world.lock:
            for name, copied, value in self._parts:
                setattr(world, name, copied(value))
