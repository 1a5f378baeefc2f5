"""The operations on moto's stacks that are under way during one start of the mock."""

from __future__ import annotations

from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.log import logger

from .calls import StackFailure, StackOperations
from .moto_names import backend_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagebuilder_mock.gateway import Gateway

_SYSTEM_TAGS = "aws:"


class _Thread(local):
    """What one thread is doing: a server answers several requests at once."""

    def __init__(self) -> None:
        self.at_work: list[Any] = []
        self.depth = 0
        self.raised: list[Exception] = []


class StackWork:
    """Which stacks are being changed, by which thread, and what their resources need to know."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway: Gateway | None = gateway
        self._thread = _Thread()
        self._under_way: list[object] = []
        self.deployments: dict[str, str] = {}
        """The pipelines by their deployment ids, old ones included."""
        self.deleting: dict[str, Any] = {}
        """Stacks that moto no longer shows, since it is deleting them."""

    @property
    def depth(self) -> int:
        """How many operations the thread is in: more than one if a stack is within another."""
        return self._thread.depth

    @property
    def is_others(self) -> bool:
        """Whether another thread is in the middle of an operation."""
        return len(self._under_way) != self._thread.depth

    def end(self) -> None:
        """Have resources do nothing from now on."""
        self._gateway = None

    # What resources need to know

    @property
    def is_over(self) -> bool:
        return self._gateway is None

    def operations(self, account: str, region: str) -> StackOperations:
        """StackFailure if the mock is off."""
        if self._gateway is None:
            raise StackFailure("imagebuilder_mock is off: nobody answers for Image Builder.")
        return StackOperations(self._gateway, account, region, self._thread.raised)

    def tags(self) -> Mapping[str, str]:
        """The tags of the stack that is being changed, but for the system's own."""
        given = self._thread.at_work[-1].tags if self._thread.at_work else {}
        return {key: value for key, value in given.items() if not key.startswith(_SYSTEM_TAGS)}

    def at_work(self) -> object:
        """The resources, as moto keeps them, of the stack that is being changed."""
        return self._thread.at_work[-1] if self._thread.at_work else None

    # What is under way

    def is_on(self, resources: Any) -> bool:
        """Whether these resources are being changed at this moment."""
        return any(each is resources for each in self._thread.at_work)

    def stack_of(self, resources: Any) -> Any:
        found = backend_of(resources).stacks.get(resources.stack_id)
        return self.deleting.get(resources.stack_id) if found is None else found

    @contextmanager
    def entered(self) -> Iterator[None]:
        """An operation on a stack; the errors of subscribers come out of the outermost one."""
        self._thread.depth += 1
        self._under_way.append(None)
        try:
            yield
        except BaseException:
            if self.depth == 1:
                self._thread.raised.clear()
            raise
        finally:
            self._under_way.pop()
            self._thread.depth -= 1
        if self.depth == 0 and self._thread.raised:
            first, *others = self._thread.raised
            self._thread.raised.clear()
            for error in others:
                logger.warning("A subscriber failed at what a stack did: %r", error)
            raise first

    @contextmanager
    def working_on(self, resources: Any) -> Iterator[None]:
        self._thread.at_work.append(resources)
        try:
            yield
        finally:
            self._thread.at_work.pop()
