"""What other services of moto have of Image Builder while the mock is on.

Each is patched once moto has loaded it; until then nothing is loaded for it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.neighbours.in_moto.door import account_of_key
from imagebuilder_mock.protocol.identity import account_named_by

if TYPE_CHECKING:
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Method, Patches

_HEADER = "x-moto-account-id"


class MotoDoor:
    """Patches moto: the account of a request, AMIs of EC2, CloudFormation and the tagging API."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def open(self, patches: Patches) -> None:
        patches.patch_late(
            "moto.core.responses", "BaseResponse.get_current_account", self._account_of
        )
        patches.patch_late("moto.ec2.models.amis", "AmiBackend.describe_images", self._describe)
        # These two modules import everything else that is patched.
        patches.when_imported("moto.cloudformation.responses", self._open_stacks)
        patches.when_imported("moto.resourcegroupstaggingapi.responses", self._open_tagging)

    def _account_of(self, original: Method, response: Any) -> Any:
        """The account of a request to moto, by the mock's own keys and its option ``account_id``.

        Otherwise moto decides: by MOTO_ACCOUNT_ID, its header, and the keys that it has made.
        """
        key = access_key_in(response)
        named = account_named_by(key)
        if named is not None:
            return named
        given = self._gateway.world.settings.account_id
        if given is None or _HEADER in response.headers or account_of_key(key) is not None:
            return original(response)
        return given

    def _describe(self, original: Method, backend: Any, *args: Any, **kwargs: Any) -> Any:
        """EC2's AMIs, and those of Amazon's whose ids the mock has given to somebody.

        moto has a backend for each account. Launches and copies call this too.
        """
        world = self._gateway.world
        told_of = world.state.machine_images.published_in(backend.region_name)
        if told_of and world.neighbours is not None:
            from imagebuilder_mock.neighbours.in_moto.machine_images import (  # noqa: PLC0415 - loads moto's EC2
                publish,
            )

            publish(backend, told_of)
        return original(backend, *args, **kwargs)

    def _open_stacks(self, responses: ModuleType, patches: Patches) -> None:
        from .stacks.stacks import MotoStacks  # noqa: PLC0415 - few tests have stacks

        MotoStacks(self._gateway).open(responses, patches)

    def _open_tagging(self, responses: ModuleType, patches: Patches) -> None:
        from .tagging import MotoTagging  # noqa: PLC0415 - few tests use it

        MotoTagging(self._gateway).open(responses, patches)


def access_key_in(response: Any) -> str:
    """The access key of a request, also of a presigned one."""
    credential = response.querystring.get("X-Amz-Credential")
    if credential and isinstance(credential, list):
        return str(credential[0]).partition("/")[0]
    return str(response.get_access_key())
