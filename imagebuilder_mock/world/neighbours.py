"""The door to the services around a world: whoever stands behind it is handed to the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagebuilder_mock.domain.machine_image import MachineImage


class Neighbours(Protocol):
    """A cloud beside us, as one mock or emulator has it; it may come and go."""

    name: str
    absence: str
    """What to do so that somebody answers: one sentence, for a refusal."""

    def are_there(self) -> bool:
        """Whether anybody answers at this moment."""
        ...

    def client(self, service: str, account: str, region: str) -> object:
        """A boto3 client whose requests count as the account's."""
        ...

    def may_have(self, service: str) -> bool:
        """Whether anybody can have made something in a service."""
        ...

    def register(self, ami: MachineImage, devices: Sequence[Mapping[str, Any]]) -> None:
        """Make an AMI exist in EC2 under its id, with the snapshots of its devices.

        The devices are in the form in which EC2 describes them (``BlockDeviceMapping``).
        """
        ...
