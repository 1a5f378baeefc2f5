"""``mock_imagebuilder``, and the mock that it makes: what a test switches on and holds."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, overload

from .domain.suggestions import Suggesting
from .neighbours.machine_images import put_back, start_again
from .protocol.identity import credentials_for
from .switch import Switch, unmet_in
from .transports.boto.clients import own_client
from .world.published import published
from .world.settings import OPTIONS, Settings, check_account_id
from .world.world import Snapshot, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_imagebuilder import ImagebuilderClient
    from typing_extensions import Self, Unpack

    from .protocol.identity import Credentials
    from .testing.builds import Builds
    from .testing.calls import Calls
    from .testing.catalogue import Catalogue
    from .testing.clock import MockClock
    from .testing.documents import Documents
    from .testing.faults import Faults
    from .testing.findings import MockFindings
    from .testing.images import Images
    from .testing.lifecycle import Lifecycle
    from .testing.pipelines import Pipelines
    from .testing.resources import Resources
    from .testing.unmet_orders import UnmetOrder
    from .world.events import Events
    from .world.saved.document import SavedState
    from .world.settings import Options

T = TypeVar("T", bound="Callable[..., object] | type")

switch: Switch[ImageBuilderMock] = Switch()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=switch.before_fork,
        after_in_parent=switch.after_fork_in_parent,
        after_in_child=switch.after_fork_in_child,
    )


class ImageBuilderMock(Suggesting):
    """A mock to switch on, as a context manager, a decorator, or with ``start`` and ``stop``.

    While it is on, every Image Builder client of the process is answered from memory. Its
    attributes are what a test controls and inspects the mock with. RuntimeError if one is used
    while the mock is off; ``calls``, ``events``, ``faults`` and ``resources`` stay readable.
    """

    __slots__ = ("__weakref__", "_world", "default_region", "options")

    def __init__(self, **options: Unpack[Options]) -> None:
        Settings.from_options(options)
        self.options: dict[str, object] = dict(options)
        self.default_region: str | None = None
        """The Region of clients that name none (``imagebuilder-mock run --region``)."""
        self._world: World | None = None

    def __setattr__(self, name: str, value: object) -> None:
        if name in OPTIONS:
            msg = f"mock.{name} cannot be set: give the option to mock_imagebuilder({name}=...)."
            raise AttributeError(msg)
        super().__setattr__(name, value)

    # Switching

    def start(self) -> Self:
        """Switch the mock on.

        ValueError if an option differs from those of a mock that is on already. RuntimeError if a
        library no longer has what the mock patches. After an error the mock is off, and must not
        be stopped.
        """
        self._world = switch.push(self)
        return self

    def stop(self) -> None:
        """Undo one start. RuntimeError if the mock is not on."""
        switch.pop(self)

    @published()
    def reset(self) -> None:
        """Remove everything, or go back to ``state=``; the clock and the options stay."""
        world = self._active_world("reset()")
        with world.lock:
            world.reset()
            start_again(world)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._keep_report(error)
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, target: T) -> T:
        """Decorate a function, coroutine function, generator function or class of tests."""
        from .testing.decorating import decorate

        return decorate(self, target)

    @contextmanager
    def for_one_test(self) -> Iterator[None]:
        """Switch on for one test of a class, on top of what the class set up; undo its changes."""
        with self:
            if not switch.is_nested_in_itself(self):
                yield
                return
            world = self._active_world("for_one_test()")
            with world.restored_afterwards():
                try:
                    yield
                except BaseException as error:
                    self._keep_report(error)  # before what it did is undone
                    raise
                finally:
                    switch.leave(world)

    # The world

    @property
    def clock(self) -> MockClock:
        """Mock time: read it, and move it forward."""
        from .testing.clock import MockClock

        return MockClock(self._active_world("clock"))

    @property
    def builds(self) -> Builds:
        """Builds: move one on, end it, make it fail, see what ran."""
        from .testing.builds import Builds

        return Builds(self._active_world("builds"))

    @property
    def catalogue(self) -> Catalogue:
        """What Amazon offers: publish a new version."""
        from .testing.catalogue import Catalogue

        return Catalogue(self._active_world("catalogue"))

    @property
    def events(self) -> Events:
        """What the service would send to EventBridge, SNS and the logs."""
        return self._known_world("events").events

    @property
    def images(self) -> Images:
        """Finished images of any age, and their AMIs as EC2 has them."""
        from .testing.images import Images

        return Images(self._active_world("images"))

    @property
    def pipelines(self) -> Pipelines:
        """Ready pipelines, with all that they need."""
        from .testing.pipelines import Pipelines

        return Pipelines(self._active_world("pipelines"))

    @property
    def documents(self) -> Documents:
        """Documents at S3 URIs, without S3."""
        from .testing.documents import Documents

        return Documents(self._active_world("documents"))

    @property
    def lifecycle(self) -> Lifecycle:
        """Lifecycle policies: run one, or preview what it would do."""
        from .testing.lifecycle import Lifecycle

        return Lifecycle(self._active_world("lifecycle"))

    @property
    def faults(self) -> Faults:
        """Rules that make requests fail, get lost, or take longer."""
        from .testing.faults import Faults

        return Faults(self._known_world("faults"))

    @property
    def findings(self) -> MockFindings:
        """What scans of images find: packages, vulnerabilities, how a scan ends."""
        from .testing.findings import MockFindings

        return MockFindings(self._active_world("findings"))

    @property
    def calls(self) -> Calls:
        """The calls that were answered."""
        from .testing.calls import Calls

        return Calls(self._known_world("calls"))

    @property
    @published("orders")
    def unmet(self) -> list[UnmetOrder]:
        """The orders of ``mock.builds`` and ``mock.faults`` that nothing has met so far.

        It leaves out orders that are ``optional``, rules with a ``probability``, and orders that
        came with a state file or with a snapshot of another test.
        """
        return unmet_in(self._known_world("unmet"))

    @published()
    def assert_all_met(self) -> None:
        """UnmetOrdersError (an AssertionError) if there are ``unmet`` orders: it lists them."""
        if unmet := self.unmet:
            from .testing.unmet_orders import UnmetOrdersError

            raise UnmetOrdersError(unmet)

    def __str__(self) -> str:
        """All resources, as a tree."""
        from .testing.printing import tree

        if self._world is None:
            return "imagebuilder_mock, never on"
        with self._world.lock:
            return tree(self._world)

    def __repr__(self) -> str:
        world = self._world
        if world is None:
            options = "".join(f", {name}={value!r}" for name, value in self.options.items())
            return f"<ImageBuilderMock, never on{options}>"
        from .testing.printing import summary

        state = "on" if world is switch.world else "off"
        with world.lock:
            where = f"builds={world.settings.builds!r}, account_id={world.account_id!r}"
            now = world.clock.now().isoformat(timespec="seconds")
            return f"<ImageBuilderMock {state}, {where}, at {now}: {summary(world)}>"

    def _repr_html_(self) -> str:
        """The tree of ``str()``, for notebooks."""
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def report(self) -> str:
        """The last calls and the states of the builds, as a failing test shows them."""
        from .testing.printing import report

        world = self._known_world("report()")
        with world.lock:
            return report(world)

    @property
    def resources(self) -> Resources:
        """The resources that an account owns: ``mock.resources("image", region="eu-west-1")``."""
        from .testing.resources import Resources

        return Resources(self._known_world("resources"))

    # State

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the state to a JSON file, for ``load`` and ``mock_imagebuilder(state=path)``.

        The file is written completely, or stays as it was; OSError says why. A link stays a link,
        and a file that is there keeps its mode.
        """
        from .world.saved.files import write_state
        from .world.saved.worlds import saved

        world = self._known_world("save()")
        with world.lock:
            document = saved(world)
        write_state(document, path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Replace the state by that of a file.

        The clock moves forward to the file's time; calls, fault rules and options stay. StateError
        (a ValueError) says what is wrong with the file and where, OSError that it cannot be read;
        then nothing changes.
        """
        from .world.saved.files import read_state

        put_state(self, read_state(path), path)

    def snapshot(self) -> Snapshot:
        """Remember the state: resources, time, ids and what is scheduled."""
        return Snapshot(self._active_world("snapshot()"))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot, any number of times; calls and fault rules stay.

        TypeError if it is not a snapshot.
        """
        given: object = snapshot
        if not isinstance(given, Snapshot):
            msg = f"restore({given!r}): give what mock.snapshot() has returned."
            raise TypeError(msg)
        world = self._active_world("restore()")
        with world.lock:
            snapshot.restore(world)
            put_back(world)

    def client(
        self, *, region: str | None = None, account_id: str | None = None
    ) -> ImagebuilderClient:
        """A boto3 client that acts as an account (the mock's) in a Region.

        The Region is by default the only one that has resources, else us-east-1. ValueError if
        ``account_id`` is not 12 digits, or ``region`` cannot be the name of a Region.
        """
        from .testing.arguments import check_region, region_in_use

        world = self._active_world("client()")
        check_region(region)
        return own_client(
            region_in_use(world) if region is None else region,
            self.credentials(world.account_id if account_id is None else account_id),
        )

    def credentials(self, account_id: str) -> Credentials:
        """Keyword arguments with which a boto3 client or session acts as the account.

        ValueError if ``account_id`` is not 12 digits.
        """
        check_account_id(account_id)
        return credentials_for(account_id)

    def _keep_report(self, error: BaseException) -> None:
        from .testing.printing import keep_report

        keep_report(error, self.report)

    def _known_world(self, what: str) -> World:
        if self._world is None:
            msg = f"{what}: this mock was never on. Use 'with mock_imagebuilder() as mock:'."
            raise RuntimeError(msg)
        return self._world

    def _active_world(self, what: str) -> World:
        world = self._known_world(what)
        if world is not switch.world:
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
    """Answer calls of EC2 Image Builder from memory instead of over the network.

    ``@mock_imagebuilder``, ``@mock_imagebuilder(builds="instant")``,
    ``with mock_imagebuilder() as mock:``, or ``mock = mock_imagebuilder(); mock.start()``.
    ValueError and TypeError say what is wrong with an option, and what to give instead.
    """
    mock = ImageBuilderMock(**options)
    return mock if target is None else mock(target)


def current_mock() -> ImageBuilderMock:
    """The mock that was started last and is still on; RuntimeError if none is."""
    try:
        return switch.starts[-1]
    except IndexError:
        msg = (
            "No mock is on. current_mock() works while mock_imagebuilder() is on, as a decorator, "
            "in a with statement, or through pytest's fixture 'imagebuilder_mock'."
        )
        raise RuntimeError(msg) from None


def put_state(mock: ImageBuilderMock, document: SavedState, name: str | os.PathLike[str]) -> None:
    """Replace the state of a mock that is on, in its neighbours too; StateError as for ``load``."""
    from .world.saved.worlds import fill

    world = mock._active_world("load()")  # noqa: SLF001 - of this module
    with world.lock:
        fill(world, document, name)
        world.clock.set_forward(document.time)
        put_back(world)
