"""AWS KMS: the keys that requests name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Kms(Protocol):
    """KMS as an account sees it in a Region."""

    def has_key(self, key: str) -> bool:
        """Whether a key or alias, by its ARN, can be taken: it is there, or nobody looks it up."""
        ...


@dataclass(frozen=True, slots=True)
class NoKms:
    """Without KMS, keys are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_key(self, key: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names
