"""EC2: AMIs to build on, the network of the instance, and launch templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AmiFacts:
    """What EC2 tells of an AMI; nothing is known of one that nobody looked up."""

    platform: str | None = None
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    architecture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchTemplateVersion:
    """A new version of a launch template, for an output AMI."""

    launch_template_id: str
    image_id: str
    set_default: bool
    description: str


class Ec2(Protocol):
    """EC2 as an account sees it in a Region."""

    def ami(self, ami_id: str) -> AmiFacts | None:
        """An AMI that the account can use; None if it was looked up and is not there."""
        ...

    def has_subnet(self, subnet_id: str) -> bool:
        """Whether the id can be taken: the subnet is there, or nobody looks it up."""
        ...

    def has_security_group(self, group_id: str) -> bool: ...

    def has_key_pair(self, name: str) -> bool: ...

    def has_launch_template(self, launch_template_id: str) -> bool: ...

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """The template's latest version with another AMI; NeighbourError if it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class NoEc2:
    """Without EC2, ids are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def ami(self, ami_id: str) -> AmiFacts | None:  # noqa: ARG002 - the port's
        return AmiFacts() if self.takes_names else None

    def has_subnet(self, subnet_id: str) -> bool:  # noqa: ARG002
        return self.takes_names

    def has_security_group(self, group_id: str) -> bool:  # noqa: ARG002
        return self.takes_names

    def has_key_pair(self, name: str) -> bool:  # noqa: ARG002
        return self.takes_names

    def has_launch_template(self, launch_template_id: str) -> bool:  # noqa: ARG002
        return self.takes_names

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """Nobody is there to take it."""
