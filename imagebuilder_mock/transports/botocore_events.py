"""The way in for botocore's clients: every one of them, whenever it was made.

While a mock is on, ``BaseClient._make_request``, the last thing that a client does before it asks
for the network, is held here. Users' handlers of the events before it (``before-call`` and
earlier) have run by then, and ``after-call`` runs behind it. From here there are two paths, which
give equal results:

- the short path answers at once, when nobody listens to the events of sending, and no fault rule
  is about the operation;
- the long path goes through the client's own machinery (request created, signed, sent, parsed,
  retried), and the answer is given by a handler of ``before-send.imagebuilder``, an event that is
  asked before moto's and users' ``before-send``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

from botocore import UNSIGNED
from botocore.client import BaseClient

from imagebuilder_mock.protocol.http import Caller, HttpRequest
from imagebuilder_mock.protocol.identity import account_of
from imagebuilder_mock.protocol.model import SERVICE_NAME
from imagebuilder_mock.world.faults import LostRequestError

from .backing_off import BackingOff
from .connection_errors import Patience
from .credentials import access_key_of, has_ready_credentials
from .holding import Hold
from .listeners import SIGNING_EVENTS, has_listeners
from .raw_http import body_bytes
from .responses import new_response, parsed_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.model import OperationModel

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer

    from .late_imports import LateHold
    from .own_servers import OwnServers

_SEND_EVENT = f"before-send.{SERVICE_NAME}"
_SIGN_EVENT = f"choose-signer.{SERVICE_NAME}"


class BotocoreDoor:
    """Holds ``BaseClient._make_request`` between ``open`` and ``close``."""

    _backing_off = BackingOff

    def __init__(self, own_servers: OwnServers, hold: Hold | LateHold | None = None) -> None:
        self._own_servers = own_servers
        self._hold = hold or Hold(BaseClient, "_make_request")
        self._gateway: Gateway | None = None
        self._long_paths: WeakKeyDictionary[BaseClient, _LongPath] = WeakKeyDictionary()

    def open(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._hold.take(self._wrap)

    def close(self) -> None:
        gateway, self._gateway = self._gateway, None
        if gateway is not None:
            with gateway.world.lock:
                for path in self._long_paths.values():
                    path.remove()
                self._long_paths.clear()
        self._hold.release()

    def _wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _make_request(
            client: BaseClient,
            operation_model: OperationModel,
            request_dict: dict[str, Any],
            request_context: dict[str, Any],
        ) -> Any:
            gateway = self._gateway_for(client, operation_model)
            if gateway is None:
                return original(client, operation_model, request_dict, request_context)
            answer = _answer_at_once(gateway, client, request_dict)
            return self._response(request_dict["url"], answer), parsed_answer(answer)

        return _make_request

    def _gateway_for(self, client: BaseClient, operation_model: OperationModel) -> Gateway | None:
        """Who answers a call at once; None if the client's own machinery is to go on with it.

        That may be to the long path, which is prepared here.
        """
        gateway = self._gateway
        if gateway is None or client.meta.service_model.service_name != SERVICE_NAME:
            return None
        if self._own_servers.has_url(client.meta.endpoint_url):
            return None
        operation = operation_model.name
        may_fail = gateway.world.faults.concern(operation)
        if may_fail or has_listeners(client.meta.events, operation):
            self._prepare_long_path(client, gateway)
            return None
        return gateway

    def _response(self, url: str, answer: Answer) -> AWSResponse:
        return new_response(url, answer)

    def _prepare_long_path(self, client: BaseClient, gateway: Gateway) -> None:
        # Other threads may use the client for the first time too, or switch the mock off.
        with gateway.world.lock:
            if self._gateway is gateway and client not in self._long_paths:
                backing_off = self._backing_off(client, gateway)
                self._long_paths[client] = _LongPath(client, gateway, self._response, backing_off)


class _LongPath:
    """What a client gets whose requests go all the way: two handlers, and no sleep in between."""

    def __init__(
        self,
        client: BaseClient,
        gateway: Gateway,
        respond: Callable[[str, Answer], AWSResponse],
        backing_off: BackingOff,
    ) -> None:
        self._events = client.meta.events
        self._gateway = gateway
        self._respond = respond
        self._caller = _Callers(client)
        self._config = client.meta.config
        # A custom endpoint_url may have a path of its own before the operations'.
        self._base_path = urlsplit(client.meta.endpoint_url).path.rstrip("/")
        # The stubs know only handlers that answer nothing.
        self._handlers: dict[str, Any] = {
            _SEND_EVENT: self.answer,
            _SIGN_EVENT: self.choose_signer,
        }
        for event, handler in self._handlers.items():
            self._events.register_first(event, handler)
        self._backing_off = backing_off

    def remove(self) -> None:
        self._backing_off.remove()
        for event, handler in self._handlers.items():
            self._events.unregister(event, handler)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        # Split by hand, because this is the way of every call: scheme, nothing, host, path.
        address, query = request.url.partition("?")[::2]
        patience = Patience(self._gateway, self._config, address)
        try:
            answer = self._gateway.handle(
                HttpRequest(
                    method=request.method,
                    path=f"/{address.split('/', 3)[3]}".removeprefix(self._base_path),
                    query=parse_qs(query, keep_blank_values=True) if query else {},
                    body=body_bytes(request.body),
                ),
                self._caller.of(self._gateway),
            )
        except LostRequestError as failure:
            raise patience.give_up(failure) from None
        patience.check(answer)
        return self._respond(request.url, answer)

    def choose_signer(
        self, event_name: str, context: Mapping[str, object] | None = None, **_: object
    ) -> object:
        """Sign only for those who listen to it: nobody checks, and it costs a third of a call.

        Without credentials at hand the request goes unsigned too: nobody is asked for any. A
        presigned URL is made to be used elsewhere, and signed as ever.
        """
        if context is not None and context.get("is_presign_request"):
            return None
        operation = event_name.rpartition(".")[2]
        is_watched = has_listeners(self._events, operation, SIGNING_EVENTS)
        return None if is_watched and self._caller.has_ready_credentials else UNSIGNED


class _Callers:
    """Who a client acts as, without keeping the client alive."""

    def __init__(self, client: BaseClient) -> None:
        self._region = client.meta.region_name
        self._signer = getattr(client, "_request_signer", None)

    @property
    def has_ready_credentials(self) -> bool:
        return has_ready_credentials(self._signer)

    def of(self, gateway: Gateway) -> Caller:
        default = gateway.world.settings.account_id
        account = account_of(access_key_of(self._signer), default=default)
        return Caller(account, self._region)


def _answer_at_once(gateway: Gateway, client: BaseClient, request_dict: dict[str, Any]) -> Answer:
    try:
        answer = gateway.handle(
            HttpRequest.of_serialized(request_dict),
            _Callers(client).of(gateway),
        )
    except LostRequestError as failure:
        # A rule that came since the path was chosen.
        patience = Patience(gateway, client.meta.config, request_dict["url"])
        raise patience.give_up(failure) from None
    if answer.is_cut or answer.latency:
        Patience(gateway, client.meta.config, request_dict["url"]).check(answer)
    return answer
