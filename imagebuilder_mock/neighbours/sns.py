"""Amazon SNS: the topic that is told how a build ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Sns(Protocol):
    """SNS as an account sees it."""

    def has_topic(self, arn: str) -> bool:
        """Whether the ARN can be taken: the topic is there, or nobody looks it up."""
        ...

    def publish(self, arn: str, message: str) -> None:
        """Publish to a topic; NeighbourError if it is refused."""
        ...


@dataclass(frozen=True, slots=True)
class NoSns:
    """Without SNS, topics are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_topic(self, arn: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def publish(self, arn: str, message: str) -> None:
        """Nobody is there to take it."""
