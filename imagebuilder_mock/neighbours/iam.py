"""IAM: the instance profiles and roles that requests name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Iam(Protocol):
    """IAM as an account's requests see it."""

    def has_instance_profile(self, name: str) -> bool:
        """Whether the name can be taken: the profile is there, or nobody looks it up."""
        ...

    def has_role(self, role: str) -> bool:
        """The same for a role, by its name or its ARN; another account's cannot be passed."""
        ...

    def trusts_us(self, role: str) -> bool:
        """Whether a role that can be taken lets Image Builder assume it."""
        ...


@dataclass(frozen=True, slots=True)
class NoIam:
    """Without IAM, names are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_instance_profile(self, name: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def has_role(self, role: str) -> bool:  # noqa: ARG002
        return self.takes_names

    def trusts_us(self, role: str) -> bool:  # noqa: ARG002
        return True
