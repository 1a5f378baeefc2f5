"""Parameter Store in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.neighbours.errors import AbsentError, NeighbourError
from imagebuilder_mock.neighbours.ssm import Parameter

if TYPE_CHECKING:
    from imagebuilder_mock.neighbours.ssm import OutputParameter

    from .account import MotoAccount

_PUBLIC = "/aws/service/"
"""What AWS publishes; moto has a copy of some."""


class MotoSsm:
    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def parameter(self, name: str) -> Parameter | None:
        try:
            found = self._moto.ask("ssm", "get_parameter", Name=name, WithDecryption=True)
        except AbsentError:
            return Parameter() if name.startswith(_PUBLIC) else None
        except NeighbourError:
            return Parameter()
        return Parameter(str(found["Parameter"]["Value"]))

    def put_parameter(self, parameter: OutputParameter) -> None:
        """The description is for a new one: an existing one keeps its own."""
        is_new = self.parameter(parameter.name) is None
        self._moto.ask(
            "ssm",
            "put_parameter",
            Name=parameter.name,
            Value=parameter.value,
            Type="String",
            DataType=parameter.data_type,
            Overwrite=True,
            **({"Description": parameter.description} if is_new else {}),
        )
