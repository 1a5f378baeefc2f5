"""No request for Image Builder leaves while no mock is on, in test sessions that ask for this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from botocore.client import BaseClient

from imagebuilder_mock.protocol.model import SERVICE_NAME
from imagebuilder_mock.transports.http.wire import is_for_image_builder, patch_pools
from imagebuilder_mock.world.record import UnexpectedCallError

from .aio import AiobotocoreClientCreation
from .clients import ClientCreation

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagebuilder_mock.transports.http.wire import PoolRequest
    from imagebuilder_mock.transports.patching import Method, Patches


class Block:
    """Refuses calls while no mock is on, with a sentence that says what to do instead.

    The refusal is an AssertionError, which handlers of botocore's errors do not catch. Clients can
    be made meanwhile, as under a mock: without credentials, and without asking anybody for them.
    """

    def __init__(self, account: Callable[[], str], is_on: Callable[[], bool], instead: str) -> None:
        self._account = account
        self._is_on = is_on
        self._instead = instead

    def open(self, patches: Patches) -> None:
        patches.patch(BaseClient, "_make_request", self._make_request)
        patches.patch_late("aiobotocore.client", "AioBaseClient._make_request", self._make_request)
        patch_pools(patches, self._refuse_raw)
        ClientCreation(self._account, self._is_on).open(patches)
        AiobotocoreClientCreation(self._account, self._is_on).open(patches)

    def _make_request(
        self, original: Method, client: BaseClient, operation_model: Any, *args: Any, **kwargs: Any
    ) -> Any:
        # The caller awaits what aiobotocore's method returns.
        if client.meta.service_model.service_name == SERVICE_NAME and not self._is_on():
            self._refuse(operation_model.name)
        return original(client, operation_model, *args, **kwargs)

    def _refuse_raw(self, request: PoolRequest) -> None:
        if not self._is_on() and is_for_image_builder(request.raw):
            self._refuse(f"{request.method} {request.raw.path}")

    def _refuse(self, what: str) -> NoReturn:
        msg = f"{what} of EC2 Image Builder was called while no mock is on. {self._instead}"
        raise UnexpectedCallError(msg)
