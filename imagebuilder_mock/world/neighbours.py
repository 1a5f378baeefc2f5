"""What the world asks of the services around Image Builder, whoever provides them."""

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
    is_the_whole_cloud: bool
    """Whether a name that is not there is wrong, even if nothing of its service was made there."""
    is_ours: bool
    """Whether it is there for the mock: emptied with it, and given the AMIs of a saved state."""
    chooses_ami_ids: bool
    """Whether AMIs get their ids from its EC2, by RegisterImage, and not from us."""

    def are_there(self) -> bool:
        """Whether anybody answers at this moment."""
        ...

    def client(self, service: str, account: str, region: str) -> object:
        """A boto3 client whose requests count as the account's."""
        ...

    def may_have(self, service: str) -> bool:
        """Whether anybody can have made something in a service."""
        ...

    def cannot_be_asked(self, sentence: str, *, is_late: bool) -> bool:
        """Take note of why no answer of AWS's came; ``is_late``: it did not come in time.

        Returns whether the log says so.
        """
        ...

    def register(self, ami: MachineImage, devices: Sequence[Mapping[str, Any]]) -> None:
        """Make an AMI exist in EC2 under its id, with the snapshots of its devices.

        The devices are in the form in which EC2 describes them (``BlockDeviceMapping``). It is
        asked for only where EC2 does not choose the ids.
        """
        ...

    def reset(self) -> None:
        """Forget everything. It is asked for only where it is ours."""
        ...
