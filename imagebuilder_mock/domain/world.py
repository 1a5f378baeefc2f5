"""Everything that a mock knows: all accounts and Regions, what lies ahead, and the time."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from .arn import Arn
from .idempotency import ClientTokens
from .managed import OWNERS, managed_store
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
    from .ids import Ids
    from .settings import Settings

R = TypeVar("R", bound=Resource)


class State:
    """What a reset empties and what a copy takes along: plain data, no locks, no callables."""

    def __init__(self) -> None:
        self.stores: dict[tuple[str, str], Store] = {}
        self.references = References()
        self.tokens = ClientTokens()
        self.scheduler = Scheduler()


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
        self.record = Record()
        self.lock = RLock()
        self.state = State()
        self._partition_of = partition_of

    def reset(self) -> None:
        """Empty the world; the clock and the options stay."""
        with self.lock:
            self.state = State()
            self.record.clear()

    def renew_lock(self) -> None:
        """In a forked child: the lock may have been held by a thread that is not there."""
        self.lock = RLock()

    def store(self, account: str, region: str) -> Store:
        """What an account has in a Region; it is empty at first."""
        key = (account, region)
        store = self.state.stores.get(key)
        if store is None:
            store = Store(self._partition_of(region), region, account)
            self.state.stores[key] = store
        return store

    def managed(self, account: str, region: str) -> Store:
        """What Amazon offers in a Region under one of its account names."""
        return managed_store(self._partition_of(region), region, account)

    def find(self, cls: type[R], arn: str, *, parameter: str) -> R | None:
        """What an ARN means: itself, or the newest fit build of a version or wildcard.

        InvalidParameterValueException names ``parameter`` if a wildcard stands where none can.
        """
        parsed = Arn.parse(arn)
        version = parsed.version
        selects = (
            version is not None and parsed.build is None and (cls.has_builds or parsed.is_wildcard)
        )
        pattern = (
            VersionPattern.parse(version, parameter=parameter) if selects and version else None
        )
        store = self._home_of(parsed)
        if store is None:
            return None
        if pattern is None:
            return store.get(cls, arn)
        return store.newest(cls, parsed.slug, pattern)

    def _home_of(self, arn: Arn) -> Store | None:
        if arn.account in OWNERS:
            return self.managed(arn.account, arn.region)
        return self.state.stores.get((arn.account, arn.region))

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
        for reference in self.state.references.to(resource.arn):
            meant = self.find(type(resource), reference, parameter="arn")
            if meant is not None and meant.arn == resource.arn:
                return True
        return False
