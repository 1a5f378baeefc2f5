"""The switch: ``mock_imagebuilder`` and the mock that it makes.

One world per process. It begins with the first start and ends with the last stop; starts in
between, of the same object or of others, are views of it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import fields
from datetime import datetime, timezone
from random import Random
from threading import local
from typing import TYPE_CHECKING, TypeVar, overload

from .domain.clock import Clock
from .domain.ids import Ids
from .domain.lock import Lock
from .domain.record import Record
from .domain.settings import Settings
from .domain.world import World
from .gateway import Gateway
from .protocol.identity import access_key_for, partition_of
from .testing.builds import Builds
from .testing.catalogue import Catalogue
from .testing.clock import MockClock
from .testing.decorating import decorate
from .transports.botocore_events import BotocoreDoor
from .transports.client_creation import ClientCreation
from .transports.own_clients import own_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from mypy_boto3_imagebuilder import ImagebuilderClient
    from typing_extensions import Self, Unpack

    from .domain.events import Events
    from .domain.resources.base import Resource
    from .domain.settings import Options

T = TypeVar("T", bound="Callable[..., object] | type")

DEFAULT_REGION = "us-east-1"

_FORK_PATIENCE = 1.0
"""Seconds that a fork waits for a thread to end its change of the world."""


class _Switch:
    """The process's stack of starts, and the world that is on while it is not empty."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.starts: list[ImageBuilderMock] = []
        self.world: World | None = None
        self._forking = local()
        self._door = BotocoreDoor()
        self._creation = ClientCreation()

    def push(self, mock: ImageBuilderMock) -> World:
        with self.lock:
            if self.world is None:
                self.world = _new_world(Settings.from_options(mock.options))
                gateway = Gateway(self.world)
                self._door.open(gateway)
                self._creation.open(gateway, default_region=mock.default_region)
            else:
                _refuse_other_options(self.world.settings, mock.options)
            self.starts.append(mock)
            return self.world

    def pop(self, mock: ImageBuilderMock) -> None:
        with self.lock:
            places = [place for place, start in enumerate(self.starts) if start is mock]
            if not places:
                msg = (
                    "stop() without start(): this mock is not on. Call start() first, or use "
                    "'with mock_imagebuilder():', which cannot be stopped twice."
                )
                raise RuntimeError(msg)
            del self.starts[places[-1]]
            if not self.starts:
                self._creation.close()
                self._door.close()
                self.world = None

    def is_nested_in_itself(self, mock: ImageBuilderMock) -> bool:
        """Whether the outermost start was this object's too, as that of a class is."""
        return len(self.starts) > 1 and self.starts[0] is mock

    def before_fork(self) -> None:
        """Let other threads end their changes, so that the child's copy is whole."""
        locks = [self.lock] if self.world is None else [self.lock, self.world.lock]
        self._forking.locks = [lock for lock in locks if lock.acquire(timeout=_FORK_PATIENCE)]

    def after_fork_in_parent(self) -> None:
        for lock in reversed(self._forking.locks):
            lock.release()

    def after_fork_in_child(self) -> None:
        """A child has its own copy of the world, and no other thread that could hold a lock."""
        self.lock = Lock()
        if self.world is not None:
            self.world.renew_lock()


_switch = _Switch()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_switch.before_fork,
        after_in_parent=_switch.after_fork_in_parent,
        after_in_child=_switch.after_fork_in_child,
    )


class ImageBuilderMock:
    """A mock that can be switched on: context manager, decorator, or ``start`` and ``stop``.

    While it is on, every Image Builder client of the process is answered out of memory. What a
    test does to the world, and sees of it, goes through its attributes.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        Settings.from_options(options)
        self.options: dict[str, object] = dict(options)
        self.default_region: str | None = None
        """The Region of clients that are made without any (``imagebuilder-mock run --region``)."""
        self._world: World | None = None

    # Switching

    def start(self) -> Self:
        """Switch on; ValueError if an option differs from those of the mock that is on already."""
        self._world = _switch.push(self)
        return self

    def stop(self) -> None:
        """Undo one start; RuntimeError, and nothing happens, if there is none to undo."""
        _switch.pop(self)

    def reset(self) -> None:
        """Empty the world; the clock and the options stay."""
        self._active_world("reset()").reset()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __call__(self, target: T) -> T:
        """Decorate a function, coroutine function, generator function or class."""
        return decorate(self, target)

    @contextmanager
    def for_one_test(self) -> Iterator[None]:
        """On, for a test of a class: it finds what the class set up, and its changes are undone."""
        with self:
            world = self._active_world("for_one_test()")
            if not _switch.is_nested_in_itself(self):
                yield
                return
            with world.lock:
                kept = world.state, world.record, world.clock, world.ids
                kept_too = world.events, world.durations
                world.state, world.record = deepcopy(world.state), Record()
                world.clock, world.ids = copy(world.clock), deepcopy(world.ids)
                world.events, world.durations = world.events.emptied(), deepcopy(world.durations)
            try:
                yield
            finally:
                with world.lock:
                    world.state, world.record, world.clock, world.ids = kept
                    world.events, world.durations = kept_too

    # The world

    @property
    def clock(self) -> MockClock:
        return MockClock(self._active_world("clock"))

    @property
    def builds(self) -> Builds:
        return Builds(self._active_world("builds"))

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self._active_world("catalogue"))

    @property
    def events(self) -> Events:
        """What the service would tell others; it stays readable after the mock is off."""
        return self._known_world("events").events

    @property
    def calls(self) -> Record:
        """The calls answered so far; they stay readable after the mock is off."""
        return self._known_world("calls").record

    def resources(
        self, *, region: str | None = None, account_id: str | None = None
    ) -> list[Resource]:
        """The account's own resources in the Region, in the order of their making.

        By default the only Region in use, else us-east-1, and the mock's account. They are the
        domain's objects; changing one changes the world.
        """
        world = self._known_world("resources")
        account = world.settings.account_id if account_id is None else account_id
        Settings(account_id=account)
        with world.lock:
            store = world.store(account, region or _region_in_use(world))
            return sorted(store, key=lambda resource: resource.sequence)

    def client(
        self, *, region: str | None = None, account_id: str | None = None
    ) -> ImagebuilderClient:
        """A boto3 client that acts as the account in the Region."""
        world = self._active_world("client()")
        return own_client(
            region or _region_in_use(world),
            self.credentials(world.settings.account_id if account_id is None else account_id),
        )

    def credentials(self, account_id: str) -> dict[str, str]:
        """Keyword arguments that make a boto3 client, or session, act as the account."""
        Settings(account_id=account_id)
        return {
            "aws_access_key_id": access_key_for(account_id),
            "aws_secret_access_key": "imagebuilder-mock",
        }

    def _known_world(self, what: str) -> World:
        if self._world is None:
            msg = f"{what}: this mock was never on. Use 'with mock_imagebuilder() as mock:'."
            raise RuntimeError(msg)
        return self._world

    def _active_world(self, what: str) -> World:
        world = self._known_world(what)
        if world is not _switch.world:
            msg = f"{what}: this mock is off. Use it between start() and stop()."
            raise RuntimeError(msg)
        return world


@overload
def mock_imagebuilder(target: T, /) -> T: ...
@overload
def mock_imagebuilder(target: None = None, /, **options: Unpack[Options]) -> ImageBuilderMock: ...
def mock_imagebuilder(
    target: T | None = None, /, **options: Unpack[Options]
) -> T | ImageBuilderMock:
    """Switch EC2 Image Builder off the network and into memory.

    ``@mock_imagebuilder``, ``@mock_imagebuilder(builds="instant")``,
    ``with mock_imagebuilder() as mock:``, or ``mock = mock_imagebuilder(); mock.start()``.
    ValueError and TypeError explain a wrong option.
    """
    mock = ImageBuilderMock(**options)
    return mock if target is None else mock(target)


def current_mock() -> ImageBuilderMock:
    """The mock that was started last and is still on; RuntimeError if none is."""
    try:
        return _switch.starts[-1]
    except IndexError:
        msg = "No mock is on. Use current_mock() inside a test that mock_imagebuilder decorates."
        raise RuntimeError(msg) from None


def _new_world(settings: Settings) -> World:
    # ``datetime`` is looked up at each call: freezegun puts its own in this module's place.
    return World(
        settings,
        clock=Clock(lambda: datetime.now(timezone.utc), starts_at=settings.now),
        ids=Ids(Random(settings.seed)),
        partition_of=partition_of,
    )


def _refuse_other_options(settings: Settings, options: dict[str, object]) -> None:
    Settings.from_options(options)
    for field in fields(settings):
        if field.name in options and options[field.name] != getattr(settings, field.name):
            msg = (
                f"{field.name}={options[field.name]!r}, but the mock that is on already has "
                f"{field.name}={getattr(settings, field.name)!r}. Nested mocks share one world: "
                "leave the option out, or give it to the outermost."
            )
            raise ValueError(msg)


def _region_in_use(world: World) -> str:
    """The only Region in which anything was made; us-east-1 if there is none, or more than one."""
    with world.lock:
        regions = {region for (_, region), store in world.state.stores.items() if any(store)}
    return regions.pop() if len(regions) == 1 else DEFAULT_REGION
