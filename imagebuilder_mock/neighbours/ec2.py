"""EC2: AMIs to build on, the network of the instance, and launch templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class AmiFacts:
    """What EC2 tells of an AMI; nothing is known of one that nobody looked up."""

    platform: str | None = None
    """As Image Builder calls it: ``Linux``, ``Windows`` or ``macOS``."""
    architecture: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchTemplateVersion:
    """A new version of a launch template, for an output AMI."""

    launch_template_id: str
    image_id: str
    set_default: bool
    description: str


class Named(NamedTuple):
    """What a request names in EC2."""

    kind: Literal["subnet", "security group", "key pair", "launch template"]
    id: str
    """The id; of a key pair, the name."""
    parameter: str = ""
    """Where the request names it."""


class Ec2(Protocol):
    """EC2 as an account sees it in a Region."""

    def ami(self, ami_id: str) -> AmiFacts | None:
        """An AMI that the account can use; None if it was looked up and is not there."""
        ...

    def first_missing(self, *named: Named) -> Named | None:
        """The first that cannot be taken: it is not there, and it is looked up."""
        ...

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """The template's latest version with another AMI; NeighbourError if it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class NoEc2:
    """Without EC2, ids are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def ami(self, ami_id: str) -> AmiFacts | None:  # noqa: ARG002 - the port's
        return AmiFacts() if self.takes_names else None

    def first_missing(self, *named: Named) -> Named | None:
        return named[0] if named and not self.takes_names else None

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """Nobody is there to take it."""
