"""The table of operations, and the context that each of these functions gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import (
    DryRunOperationException,
    ResourceDependencyException,
    already_exists,
    dependency_error,
    not_found,
)
from imagebuilder_mock.domain.resources.base import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from imagebuilder_mock.domain.errors import ResourceNotFoundException
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleExecution
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


R = TypeVar("R", bound=Resource)


class Context:
    """One request; ``store`` has the resources of the caller's account in the Region."""

    def __init__(
        self, world: World, store: Store, operation: str, *, is_dry_run: bool = False
    ) -> None:
        self.world = world
        self.store = store
        self.operation = operation
        self.is_dry_run = is_dry_run
        self.looked_at: list[Image] = []
        """Images whose state the answer shows: in the observed mode they move on after it."""
        self.executions_looked_at: list[LifecycleExecution] = []
        """Lifecycle executions whose state the answer shows: they move on as images do."""

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def get(self, cls: type[R], arn: str, *, parameter: str) -> R:
        """What an ARN means, wildcards included: ResourceNotFoundException if nothing."""
        found = self.world.find(self.store, cls, arn, parameter=parameter)
        if found is None:
            raise self._missing(cls, arn)
        return found

    def own(self, cls: type[R], arn: str) -> R:
        """The account's own resource with exactly this ARN: ResourceNotFoundException if none."""
        found = self.store.get(cls, arn)
        if found is None:
            raise self._missing(cls, arn, is_own=True)
        return found

    def _missing(
        self, cls: type[Resource], arn: str, *, is_own: bool = False
    ) -> ResourceNotFoundException:
        is_amazons = is_own and Arn.parse(arn).owner is not None
        hint = "" if is_amazons else self.world.hint_at(self.store, cls, arn)
        return not_found(cls.label, arn, hint)

    def reference(self, cls: type[R], arn: str, *, parameter: str | None = None) -> R:
        """What a parameter of a create refers to: InvalidParameterValueException if nothing."""
        return self.world.reference(self.store, cls, arn, parameter=parameter)

    def create(self, cls: type[R], params: Mapping[str, object], **others: object) -> R:
        """Add what a request describes: ResourceAlreadyExistsException if its name is taken."""
        arn = str(self.store.arn_for(cls.kind, str(params["name"])))
        if arn in self.store:
            raise already_exists(cls.label, arn)
        resource = cls.requested(params, arn=arn, date_created=self.now, **others)
        self.add(resource)
        return resource

    def add(self, resource: Resource) -> None:
        """Store a new resource: the last thing that a create does.

        ServiceQuotaExceededException if it is one too many; a dry run ends here.
        """
        self.world.quotas.check(resource.quota, len(self.store.order(type(resource))) + 1)
        if self.is_dry_run:
            raise DryRunOperationException
        self.world.add(self.store, resource)

    def replace(self, resource: Resource) -> None:
        self.world.replace(self.store, resource)

    def update(self, before: R, params: Mapping[str, object], **others: object) -> R:
        """Replace everything that a request can set; the name and the tags stay."""
        after = before.requested(
            params,
            arn=before.arn,
            name=before.name,
            date_created=before.date_created,
            date_updated=self.now,
            tags=before.tags,
            **others,
        )
        self.replace(after)
        return after

    def remove(self, resource: Resource) -> None:
        """Delete it: ResourceDependencyException while it is referred to, or shared."""
        if resource.shared_with or self.world.is_needed(resource):
            raise ResourceDependencyException(dependency_error(resource.arn))
        self.world.remove(self.store, resource)


Result: TypeAlias = "Mapping[str, object]"
Handler: TypeAlias = "Callable[[Context, Any], Any]"
"""Its answer is a Result, or an object that the output shape is read from."""

HANDLERS: dict[str, Handler] = {}

H = TypeVar("H", bound="Handler")


def operation(handler: H) -> H:
    """Enter a function in the table: ``create_image`` as ``CreateImage``."""
    HANDLERS["".join(word.title() for word in handler.__name__.split("_"))] = handler
    return handler
