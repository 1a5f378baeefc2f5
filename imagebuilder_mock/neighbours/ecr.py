"""Amazon ECR: the repositories that container images go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Ecr(Protocol):
    """ECR as an account sees it in a Region."""

    def has_repository(self, name: str) -> bool:
        """Whether the name can be taken: the repository is there, or nobody looks it up."""
        ...

    def put_image(self, repository: str, tags: Iterable[str], *, content: str) -> None:
        """Push one image under its tags; NeighbourError if it is refused.

        ``content`` tells one image from another: the same makes the same digest.
        """
        ...

    def delete_image(self, repository: str, tag: str) -> bool:
        """Delete the image with the tag; whether it was there."""
        ...


@dataclass(frozen=True, slots=True)
class NoEcr:
    """Without ECR, names are taken as they are given, or, if the rule is strict, not at all."""

    takes_names: bool

    def has_repository(self, name: str) -> bool:  # noqa: ARG002 - the port's
        return self.takes_names

    def put_image(self, repository: str, tags: Iterable[str], *, content: str) -> None:
        """Nobody is there to take it."""

    def delete_image(self, repository: str, tag: str) -> bool:  # noqa: ARG002
        return False
