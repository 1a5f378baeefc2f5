"""The lifecycle executions of a world: by id, by what they are of, and which are under way."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from .ordered import OrderedIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .resources.lifecycle_execution import LifecycleExecution


class LifecycleExecutions:
    """Every execution, also of what has been deleted since."""

    __slots__ = ("_by_id", "_count", "_images", "_of", "unfinished")

    def __init__(self) -> None:
        self._by_id: dict[str, LifecycleExecution] = {}
        self._of: dict[str, OrderedIndex[LifecycleExecution]] = defaultdict(OrderedIndex)
        self._images: Counter[str] = Counter()
        self._count = 0
        self.unfinished: dict[str, LifecycleExecution] = {}
        """Those that have not ended, by id, in the order of their start."""

    def get(self, execution_id: str) -> LifecycleExecution | None:
        return self._by_id.get(execution_id)

    def of(self, arn: str) -> OrderedIndex[LifecycleExecution]:
        """The runs of a policy, or the updates by hand of an image, in the order of their start."""
        return self._of.get(arn) or OrderedIndex()

    def unfinished_of(self, arn: str) -> LifecycleExecution | None:
        """The last run of a policy, if it has not ended: there is one at a time."""
        last = next(self.of(arn).before(None), None)
        return None if last is None or last.is_over else last

    def is_busy(self, image_arn: str) -> bool:
        """Whether an execution under way is to act on the image."""
        return self._images[image_arn] > 0

    def updates_under_way(self, account: str, region: str) -> int:
        """How many updates by hand have not ended."""
        home = (account, region)
        return sum(
            execution.lifecycle_policy_arn is None
            and (execution.account_id, execution.region) == home
            for execution in self.unfinished.values()
        )

    def add(self, execution: LifecycleExecution) -> None:
        """Enter an execution that begins; its images are busy until it ends."""
        self._count += 1
        execution.sequence = self._count
        self._by_id[execution.lifecycle_execution_id] = execution
        self._of[execution.resource_arn].add(execution)
        self.unfinished[execution.lifecycle_execution_id] = execution
        self._images.update(resource.resource_id for resource in execution.resources)

    def __iter__(self) -> Iterator[LifecycleExecution]:
        return iter(self._by_id.values())

    def readmit(self, execution: LifecycleExecution) -> None:
        """Enter one that was entered before, elsewhere, in the order of their start."""
        self.add(execution)
        if execution.is_over:
            self.end(execution)

    def end(self, execution: LifecycleExecution) -> None:
        """An execution has ended: its images are free."""
        del self.unfinished[execution.lifecycle_execution_id]
        for resource in execution.resources:
            self._images[resource.resource_id] -= 1
            if not self._images[resource.resource_id]:
                del self._images[resource.resource_id]
