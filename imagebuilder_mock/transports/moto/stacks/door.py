"""The way in for stacks: moto's CloudFormation, while the mock is on and moto has loaded it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Patches

# It imports moto's parsing, so that both are there when it is.
_MODELS = "moto.cloudformation.models"


class StacksDoor:
    """Has moto's stacks patched; until moto has any, nothing is loaded for them."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def open(self, patches: Patches) -> None:
        patches.when_imported(_MODELS, self._patch)

    def _patch(self, models: ModuleType, patches: Patches) -> None:
        from .stacks import MotoStacks  # noqa: PLC0415 - few tests have stacks

        MotoStacks(self._gateway).open(models, patches)
