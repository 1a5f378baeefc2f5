"""The lock of a world: one thread at a time, and what is left to do when it lets go."""

from __future__ import annotations

from collections import deque
from threading import RLock, local
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class _Tasks(local):
    """What a thread has to do, in its order, and whether it is about it."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], object]] = deque()
        self.is_busy = False


class Lock:
    """Re-entrant. Tasks are done by the thread that left them, once it holds the lock no more.

    So they find the world whole, and may themselves take the lock; what they leave to do is done
    after them.
    """

    __slots__ = ("_depth", "_left", "_lock", "_tasks")

    def __init__(self) -> None:
        self._lock = RLock()
        self._depth = 0
        self._left: list[Callable[[], object]] = []
        self._tasks = _Tasks()

    def acquire(self, *, timeout: float = -1) -> bool:
        taken = self._lock.acquire(timeout=timeout)
        if taken:
            self._depth += 1
        return taken

    def release(self) -> None:
        self._depth -= 1
        left: list[Callable[[], object]] = []
        if not self._depth:
            left, self._left = self._left, left
        self._lock.release()
        self._do(left)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def leave(self, task: Callable[[], object]) -> None:
        """Do this when the lock is let go; at once if nobody holds it."""
        if self._depth:
            self._left.append(task)
        else:
            self._do([task])

    def pause(self) -> None:
        """Let go for a moment, if something was left to do and the caller is the only holder."""
        if self._left and self._depth == 1:
            self.release()
            self.acquire()

    def _do(self, tasks: list[Callable[[], object]]) -> None:
        own = self._tasks
        own.waiting.extend(tasks)
        if own.is_busy:
            return
        own.is_busy = True
        try:
            while own.waiting:
                own.waiting.popleft()()
        finally:
            # After an error nothing is left over for a call that has nothing to do with it.
            own.waiting.clear()
            own.is_busy = False
