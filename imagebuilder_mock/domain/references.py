"""Who refers to what, so that nothing is deleted that something still needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arn import Arn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .resources.base import Resource


class References:
    """For each ARN that is referred to, as it was written, the resources that do."""

    __slots__ = ("_referrers",)

    def __init__(self) -> None:
        self._referrers: dict[str, dict[str, None]] = {}

    def add(self, resource: Resource) -> None:
        for arn in resource.refers_to():
            self._referrers.setdefault(arn, {})[resource.arn] = None

    def remove(self, resource: Resource) -> None:
        for arn in resource.refers_to():
            referrers = self._referrers.get(arn, {})
            referrers.pop(resource.arn, None)
            if not referrers:
                self._referrers.pop(arn, None)

    def to(self, arn: str) -> Iterator[str]:
        """The references, as written, that can mean this resource.

        A build is meant by its own ARN, by its version's, and by the wildcards above that.
        """
        for reference in _meanings(Arn.parse(arn)):
            if str(reference) in self._referrers:
                yield str(reference)


def _meanings(arn: Arn) -> Iterator[Arn]:
    yield arn
    if arn.version is None:
        return
    major, minor, _ = arn.version.split(".")
    if arn.build is not None:
        yield arn.at(arn.version)
    yield arn.at(f"{major}.{minor}.x")
    yield arn.at(f"{major}.x.x")
    yield arn.at("x.x.x")
