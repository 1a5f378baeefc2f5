"""Systems Manager: parameters that name a parent image, and those that get an output AMI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of Parameter Store; its value is None if nobody looked it up."""

    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputParameter:
    """A parameter that is created or overwritten with the id of an output AMI."""

    name: str
    value: str
    data_type: str
    description: str


class Ssm(Protocol):
    """Parameter Store as an account sees it in a Region."""

    def parameter(self, name: str) -> Parameter | None:
        """A parameter by its name, or name and version; None if it is not there."""
        ...

    def put_parameter(self, parameter: OutputParameter) -> None:
        """Create or overwrite it; NeighbourError if it is refused."""
        ...


class NoSsm:
    """Without Parameter Store no value is known, and what is put is lost."""

    __slots__ = ()

    def parameter(self, name: str) -> Parameter | None:  # noqa: ARG002 - the port's
        return Parameter()

    def put_parameter(self, parameter: OutputParameter) -> None:
        """Nobody is there to take it."""
