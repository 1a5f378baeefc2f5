"""The stack of starts, and the one world of the process.

The world begins with the first start and ends with the last stop; starts in between, of the same
object or of others, are views of it.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from functools import partial
from random import Random
from threading import RLock, local
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from .gateway import Gateway
from .neighbours.in_moto.door import Moto, moto_account
from .protocol.identity import partition_of
from .transports.boto.aio import AiobotocoreClientCreation, AiobotocoreDoor
from .transports.boto.clients import ClientCreation
from .transports.boto.door import BotocoreDoor
from .transports.http.connections import RawDoor
from .transports.http.wire import OwnServers
from .transports.moto.door import MotoDoor
from .transports.patching import Patches, all_or_nothing
from .world.clock import Clock
from .world.ids import Ids
from .world.settings import Settings
from .world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .testing.unmet_orders import UnmetOrder
    from .world.outbox import TellingLock

_LEFT = 100
"""The most unmet orders that are remembered from worlds that have ended."""

_FORK_PATIENCE = 1.0
"""How many seconds a fork waits for a thread to end its change of the world."""


class Startable(Protocol):
    """A mock, as the switch needs it."""

    options: dict[str, object]
    default_region: str | None


S = TypeVar("S", bound=Startable)


class Switch(Generic[S]):
    """The process's stack of starts, and the world that is on while it is not empty."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.starts: list[S] = []
        self.world: World | None = None
        self._patches = Patches()
        self._forking = local()
        self.own_servers = OwnServers()
        self.left: deque[UnmetOrder] = deque(maxlen=_LEFT)
        """The orders that nothing had met when a test left its world."""

    def push(self, mock: S) -> World:
        with self.lock:
            if self.world is None:
                world = _new_world(mock.options)
                with all_or_nothing() as patches:
                    self._open(Gateway(world), patches, mock.default_region)
                self.world, self._patches = world, patches
            else:
                _refuse_other_options(self.world, mock.options)
            self.starts.append(mock)
            return self.world

    def pop(self, mock: S) -> None:
        with self.lock:
            places = [place for place, start in enumerate(self.starts) if start is mock]
            if not places:
                msg = (
                    "stop() without start(): this mock is not on. Call start() first, or use "
                    "'with mock_imagebuilder():', which cannot be stopped twice."
                )
                raise RuntimeError(msg)
            del self.starts[places[-1]]
            if self.starts:
                return
            world, self.world = self.world, None
            self._patches.undo()
        if world is not None:
            self.leave(world)

    def leave(self, world: World) -> None:
        """Remember the orders that nothing has met: a test ends, and the world may go on or not."""
        self.left.extend(unmet_in(world))

    # For the pytest plugin, which judges a test by its orders.

    def orders_left(self) -> list[UnmetOrder]:
        """What nothing has met: in the world that is on, and in those that a test has left."""
        return [*self.left, *([] if self.world is None else unmet_in(self.world))]

    def excuse_orders(self) -> None:
        """Expect none of the orders that were placed so far to be met: a new test begins."""
        self.left.clear()
        if self.world is not None:
            self.world.placed.excuse()

    @contextmanager
    def excused_orders(self) -> Iterator[None]:
        """Expect none of the orders of the block to be met: they belong to no single test."""
        left = list(self.left)
        placed = [] if self.world is None else self.world.placed.unmet()
        try:
            yield
        finally:
            self.left.clear()
            self.left.extend(left)
            if self.world is not None:
                self.world.placed.excuse(placed)

    def _open(self, gateway: Gateway, patches: Patches, default_region: str | None) -> None:
        account = partial(getattr, gateway.world, "account_id")
        for door in (
            BotocoreDoor(gateway, self.own_servers),
            AiobotocoreDoor(gateway, self.own_servers),
            RawDoor(gateway, self.own_servers),
            MotoDoor(gateway),
            ClientCreation(account, self.is_on, default_region=default_region),
            AiobotocoreClientCreation(account, self.is_on, default_region=default_region),
        ):
            door.open(patches)

    def is_on(self) -> bool:
        return bool(self.starts)

    def is_nested_in_itself(self, mock: S) -> bool:
        """Whether the outermost start was this object's too, as for a decorated class."""
        return len(self.starts) > 1 and self.starts[0] is mock

    def before_fork(self) -> None:
        """Wait for other threads to end their changes, so that the child's copy is consistent."""
        locks: list[RLock | TellingLock] = [self.lock]
        if self.world is not None:
            locks.append(self.world.lock)
        self._forking.locks = [lock for lock in locks if lock.acquire(timeout=_FORK_PATIENCE)]

    def after_fork_in_parent(self) -> None:
        for lock in reversed(self._forking.locks):
            lock.release()

    def after_fork_in_child(self) -> None:
        """A child has its own copy of the world, and no other thread that could hold a lock."""
        self.lock = RLock()
        if self.world is not None:
            self.world.renew_lock()


def unmet_in(world: World) -> list[UnmetOrder]:
    """The orders of a world that nothing has met so far."""
    if not world.placed.unmet():
        return []
    from .testing.unmet_orders import unmet_orders

    return unmet_orders(world)


def _new_world(options: dict[str, object]) -> World:
    settings = Settings.from_options(options)
    file = settings.state
    if file is None:
        return _empty_world(settings)
    # Few mocks begin with a file.
    from .world.saved.files import read_state
    from .world.saved.worlds import fill

    document = read_state(file)
    as_saved = {"account_id": document.account_id, "seed": document.seed}
    settings = Settings.from_options(as_saved | options)
    is_still = settings.now is None and document.stands_still
    world = _empty_world(
        settings, starts_at=document.time if is_still else None, offset=document.offset
    )
    fill(world, document, file)
    if settings.now is None:
        world.clock.set_forward(document.time)
    world.beginning = deepcopy(world.state)
    return world


def _empty_world(
    settings: Settings,
    *,
    starts_at: datetime | None = None,
    offset: timedelta = timedelta(),
) -> World:
    world = World(
        settings,
        clock=Clock(
            _process_time,
            steady=_steady_time(),
            starts_at=settings.now or starts_at,
            offset=offset,
        ),
        ids=Ids(Random(settings.seed)),
        partition_of=partition_of,
        neighbours=None if settings.neighbours == "off" else Moto(),
    )
    world.default_account = moto_account
    return world


def _process_time() -> datetime:
    # ``datetime`` is looked up at each call: freezegun puts its own in this module's place.
    return datetime.now(timezone.utc)


def _steady_time() -> Callable[[], float]:
    """Seconds that go on while a test freezes the time or travels.

    freezegun replaces ``time.monotonic``, also where a module has it under a name of its own, but
    no clock that is read by its number.
    """
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # the first goes on while a laptop sleeps
        number = getattr(time, name, None)
        with suppress(OSError):  # not every kernel has what Python knows
            if number is not None and time.clock_gettime(number):
                return partial(time.clock_gettime, number)
    return getattr(sys.modules.get("freezegun.api"), "real_monotonic", time.monotonic)


def _refuse_other_options(world: World, options: dict[str, object]) -> None:
    for name, given in options.items():
        # An account that no option has set is moto's, or the default.
        known = world.account_id if name == "account_id" else getattr(world.settings, name)
        if given != known:
            msg = (
                f"{name}={given!r}, but the mock that is on already has {name}={known!r}. Nested "
                "mocks share one world: leave the option out, or give it to the outermost."
            )
            raise ValueError(msg)
