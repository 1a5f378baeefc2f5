"""The AMIs that builds made, by id, and what a test made EC2 and ECR refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .machine_image import MachineImage


class MachineImages:
    """The AMIs of a world by id; an id is given once in all accounts and Regions."""

    __slots__ = ("_by_id", "_refusals")

    def __init__(self) -> None:
        self._by_id: dict[str, MachineImage] = {}
        self._refusals: dict[str, dict[str | None, str]] = {}

    def __iter__(self) -> Iterator[MachineImage]:
        return iter(self._by_id.values())

    def add(self, machine_image: MachineImage) -> None:
        self._by_id[machine_image.image_id] = machine_image

    def get(self, image_id: str) -> MachineImage | None:
        return self._by_id.get(image_id)

    def refuse(self, resource_id: str, action: str | None, message: str) -> None:
        """From now on, refuse one lifecycle action, or all (None), on an AMI, snapshot or URI."""
        self._refusals.setdefault(resource_id, {})[action] = message

    def refusals(self) -> Iterator[tuple[str, str | None, str]]:
        """What is refused: resource, action or None for all of them, and the message."""
        for resource_id, messages in self._refusals.items():
            for action, message in messages.items():
                yield resource_id, action, message

    def allow(self, resource_id: str) -> None:
        """Take back what was refused."""
        self._refusals.pop(resource_id, None)

    def refusal_of(self, resource_id: str, action: str) -> str | None:
        """The message with which an action is refused, or None."""
        refusals = self._refusals.get(resource_id, {})
        return refusals.get(action, refusals.get(None))
