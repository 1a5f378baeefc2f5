"""How many of each thing an account may have in a Region.

The numbers are from the AWS General Reference, "EC2 Image Builder endpoints and quotas". AWS can
raise all of them, so a test can set all of them. Lengths are in characters, sizes in bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ServiceQuotaExceededException

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULTS: Mapping[str, int] = {
    "component parameter length": 1024,
    "component size": 65536,
    "components": 1000,
    "components per image recipe": 20,
    "concurrent builds": 100,
    "concurrent resource state updates": 50,
    "container recipes": 1000,
    "distribution configurations": 1000,
    "Docker template size": 65536,
    "image pipelines": 75,
    "image recipes": 1000,
    "infrastructure configurations": 1000,
    "launch templates per distribution Region": 5,
    "lifecycle policies": 50,
    "parameters per component": 25,
    "parameters per workflow": 25,
    "SSM parameters per distribution Region": 10,
    "steps per workflow": 15,
    "target accounts per distribution configuration": 50,
    "workflow parameter length": 1024,
    "workflow size": 65536,
    "workflows": 1000,
    "workflows per image": 10,
}
"""The service's own limits, by name."""


class Quotas:
    """The limits in force; ``False`` lifts them all, a mapping sets some."""

    __slots__ = ("_limits",)

    def __init__(self, setting: bool | Mapping[str, int]) -> None:  # noqa: FBT001 - the option as it is given
        if isinstance(setting, bool):
            self._limits = DEFAULTS if setting else {}
        else:
            self._limits = {**DEFAULTS, **setting}

    def limit(self, name: str) -> int | None:
        """The limit of that name; None if there is none."""
        return self._limits.get(name)

    def check(self, name: str | None, count: int) -> None:
        """ServiceQuotaExceededException if ``count`` is over the limit; a name of None has none."""
        limit = None if name is None else self.limit(name)
        if name is not None and limit is not None and count > limit:
            raise over_quota(name, limit)


def over_quota(name: str, limit: int) -> ServiceQuotaExceededException:
    return ServiceQuotaExceededException(
        f"The request would exceed the quota for {name}, which is {limit}."
    )
