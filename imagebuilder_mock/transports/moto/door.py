"""The way in for other services of moto that use ours, while the mock is on.

They are patched when moto has loaded them; until then nothing is loaded for them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Patches


class MotoDoor:
    """Has moto's CloudFormation and its Resource Groups Tagging API patched."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def open(self, patches: Patches) -> None:
        # They import all that is patched besides.
        patches.when_imported("moto.cloudformation.responses", self._open_stacks)
        patches.when_imported("moto.resourcegroupstaggingapi.responses", self._open_tagging)

    def _open_stacks(self, responses: ModuleType, patches: Patches) -> None:
        from .stacks.stacks import MotoStacks  # noqa: PLC0415 - few tests have stacks

        MotoStacks(self._gateway).open(responses, patches)

    def _open_tagging(self, responses: ModuleType, patches: Patches) -> None:
        from .tagging import MotoTagging  # noqa: PLC0415 - few tests use it

        MotoTagging(self._gateway).open(responses, patches)
