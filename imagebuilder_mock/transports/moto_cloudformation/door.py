"""The way in for stacks: moto's CloudFormation, while the mock is on and moto has loaded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.transports.late_imports import LateModule

if TYPE_CHECKING:
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway

    from .stacks import MotoStacks

# It imports moto's parsing, so that both are there when it is.
_MODELS = "moto.cloudformation.models"


class StacksDoor:
    """Has moto's stacks held while it is open; until moto has any, nothing is loaded for them."""

    def __init__(self) -> None:
        self._module = LateModule(_MODELS)
        self._gateway: Gateway | None = None
        self._stacks: MotoStacks | None = None

    def open(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._module.watch(self._hold)

    def close(self) -> None:
        self._module.stop()
        self._gateway = None
        if self._stacks is not None:
            self._stacks.release()
            self._stacks = None

    def _hold(self, models: ModuleType) -> None:
        gateway = self._gateway
        if gateway is None or self._stacks is not None:
            return
        from .stacks import MotoStacks  # noqa: PLC0415 - few tests have stacks

        self._stacks = MotoStacks(gateway)
        self._stacks.hold(models)
