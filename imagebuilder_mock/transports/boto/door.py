"""The way in for botocore's clients, whenever they were created.

While a mock is on, ``BaseClient._make_request``, the last thing that a client does before it asks
for the network, is patched here. Users' handlers of the events before it (``before-call`` and
earlier) have run by then, and ``after-call`` runs behind it. From here there are two paths, which
give equal results:

- the short path answers at once, when nobody listens to the events of sending, and no fault rule
  is about the operation;
- the long path goes through the client's own machinery (request created, signed, sent, parsed,
  retried), and the answer is given by a handler of ``before-send.imagebuilder``, an event that is
  asked before moto's and users' ``before-send``.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property, partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.client import BaseClient

from imagebuilder_mock.protocol.http import Caller, HttpRequest
from imagebuilder_mock.protocol.identity import account_of
from imagebuilder_mock.protocol.model import SERVICE_NAME, is_modelled
from imagebuilder_mock.transports.http.wire import body_bytes
from imagebuilder_mock.transports.patching import all_or_nothing
from imagebuilder_mock.world.faults import LostRequestError

from .clients import access_key_of, has_ready_credentials
from .waiting import BackingOff, check_arrival, lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer
    from imagebuilder_mock.transports.http.wire import OwnServers
    from imagebuilder_mock.transports.patching import Method, Patches

_SEND_EVENT = f"before-send.{SERVICE_NAME}"
_SIGN_EVENT = f"choose-signer.{SERVICE_NAME}"

_SIGNING_EVENTS = ("choose-signer", "before-sign")
_SENDING_EVENTS = (
    "request-created",
    *_SIGNING_EVENTS,
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call-error",
)

# Handlers of these need not be called: botocore's sign, retry and redirect; moto's would answer
# what we answer; and ours are there because somebody else's made a call take the long path.
_NO_LISTENERS = (
    "botocore",
    "boto3",
    "aiobotocore",
    "aioboto3",
    "moto",
    __name__.partition(".")[0],
)

# By emitter: its cache of handlers, which is a new object after every change, and what was found
# with that cache.
_found: WeakKeyDictionary[Any, tuple[object, dict[tuple[str, ...], bool]]] = WeakKeyDictionary()


class BotocoreDoor:
    """Patches ``BaseClient._make_request``, and the clients whose requests go the long path."""

    _backing_off = BackingOff

    def __init__(self, gateway: Gateway, own_servers: OwnServers) -> None:
        self._gateway = gateway
        self._own_servers = own_servers
        self._long_paths: WeakKeyDictionary[BaseClient, Patches] = WeakKeyDictionary()
        self._has_closed = False

    def open(self, patches: Patches) -> None:
        patches.callback(self._leave_clients)
        self._patch(patches)

    def _patch(self, patches: Patches) -> None:
        patches.patch(BaseClient, "_make_request", self._make_request)

    def _leave_clients(self) -> None:
        with self._gateway.world.lock, ExitStack() as left:
            self._has_closed = True
            for patches in self._long_paths.values():
                left.callback(patches.undo)
            self._long_paths.clear()

    def _make_request(
        self,
        original: Method,
        client: BaseClient,
        operation_model: OperationModel,
        request_dict: dict[str, Any],
        request_context: dict[str, Any],
    ) -> Any:
        if not self._is_answered_at_once(client, operation_model.name):
            return original(client, operation_model, request_dict, request_context)
        answer = _answer(
            self._gateway,
            HttpRequest.of_serialized(request_dict),
            _caller(self._gateway, _signer_of(client), client.meta.region_name),
            client.meta.config,
            request_dict["url"],
        )
        return self._response(request_dict["url"], answer), parsed_answer(answer)

    def _is_answered_at_once(self, client: BaseClient, operation: str) -> bool:
        """Whether the call takes the short path; if not, the long one is prepared."""
        if client.meta.service_model.service_name != SERVICE_NAME:
            return False
        if self._own_servers.has_url(client.meta.endpoint_url):
            return False
        may_fail = self._gateway.world.faults.concern(operation)
        if may_fail or _has_listeners(client.meta.events, operation):
            self._prepare_long_path(client)
            return False
        return True

    def _response(self, url: str, answer: Answer) -> AWSResponse:
        """A response as botocore's own HTTP session makes it."""
        return _Response(url, answer)

    def _prepare_long_path(self, client: BaseClient) -> None:
        if client in self._long_paths:
            return
        # Other threads may also use the client for the first time, or switch the mock off.
        with self._gateway.world.lock:
            if self._has_closed or client in self._long_paths:
                return
            with all_or_nothing() as patches:
                _LongPath(client, self._gateway, self._response).open(patches)
                self._backing_off(client, self._gateway).open(patches)
            self._long_paths[client] = patches


class _LongPath:
    """The two event handlers of a client whose requests take the long path."""

    def __init__(
        self,
        client: BaseClient,
        gateway: Gateway,
        respond: Callable[[str, Answer], AWSResponse],
    ) -> None:
        self._events = client.meta.events
        self._gateway = gateway
        self._respond = respond
        self._region = client.meta.region_name
        self._signer = _signer_of(client)
        self._config = client.meta.config
        # A custom endpoint_url may have a path of its own before the operations'.
        self._base_path = urlsplit(client.meta.endpoint_url).path.rstrip("/")

    def open(self, patches: Patches) -> None:
        # The stubs know only handlers that answer nothing.
        handlers: dict[str, Any] = {_SEND_EVENT: self.answer, _SIGN_EVENT: self.choose_signer}
        for event, handler in handlers.items():
            patches.callback(partial(self._events.unregister, event, handler))
            self._events.register_first(event, handler)

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        # Split by hand, as every call comes by here: scheme, nothing, host, path.
        address, query = request.url.partition("?")[::2]
        answer = _answer(
            self._gateway,
            HttpRequest(
                method=request.method,
                path=f"/{address.split('/', 3)[3]}".removeprefix(self._base_path),
                query=parse_qs(query, keep_blank_values=True) if query else {},
                body=body_bytes(request.body),
            ),
            _caller(self._gateway, self._signer, self._region),
            self._config,
            address,
        )
        return self._respond(request.url, answer)

    def choose_signer(
        self, event_name: str, context: Mapping[str, object] | None = None, **_: object
    ) -> object:
        """Sign only if somebody listens to signing: no signature is checked, and signing is slow.

        Without credentials at hand the request is not signed either: nobody is asked for any.
        Presigned URLs are for use elsewhere, and are always signed.
        """
        if context is not None and context.get("is_presign_request"):
            return None
        operation = event_name.rpartition(".")[2]
        is_watched = _has_listeners(self._events, operation, _SIGNING_EVENTS)
        return None if is_watched and has_ready_credentials(self._signer) else UNSIGNED


def _signer_of(client: BaseClient) -> Any:
    return getattr(client, "_request_signer", None)


def _caller(gateway: Gateway, signer: Any, region: str) -> Caller:
    account = account_of(access_key_of(signer), default=gateway.world.account_id)
    return Caller(account_id=account, region=region)


def _answer(
    gateway: Gateway, request: HttpRequest, caller: Caller, config: Any, url: str
) -> Answer:
    """The answer that a client waits for, or the error if it is lost, late or cut off."""
    try:
        answer = gateway.handle(request, caller)
    except LostRequestError as failure:
        raise lost(gateway, config, url, failure) from None
    if answer.is_cut or answer.latency:
        check_arrival(config, url, answer)
    return answer


class _Response(AWSResponse):
    """An answer, whose headers and body are made when somebody looks: hardly anybody does."""

    def __init__(self, url: str, answer: Answer) -> None:
        self.url, self.status_code = url, answer.status
        self._answer = answer

    @cached_property
    def headers(self) -> HeadersDict:  # type: ignore[override] # an attribute there
        return HeadersDict(self._answer.headers)

    @cached_property
    def content(self) -> bytes:
        return self._answer.body

    @cached_property
    def raw(self) -> _Raw:
        return _Raw(self._answer.body)


class _Raw(BytesIO):
    """The body as urllib3's response has it."""

    def stream(self, amt: int = 65_536, *, decode_content: bool = False) -> Iterator[bytes]:
        del decode_content
        while part := self.read(amt):
            yield part


def parsed_answer(answer: Answer) -> dict[str, Any]:
    """The result of ``_make_request``: the same as botocore's parser makes of the bytes."""
    metadata = {
        "RequestId": answer.request_id,
        "HTTPStatusCode": answer.status,
        "HTTPHeaders": answer.headers,
        "RetryAttempts": 0,
    }
    if answer.error_code is None:
        return {**answer.members, "ResponseMetadata": metadata}
    # botocore's parser adds the members of the error's shape, where the model has one.
    members = answer.members if is_modelled(answer.error_code) else {}
    return {
        "Error": {"Message": answer.members["message"], "Code": answer.error_code},
        "ResponseMetadata": metadata,
        **members,
    }


def _has_listeners(events: Any, operation: str, among: tuple[str, ...] = _SENDING_EVENTS) -> bool:
    """Whether somebody else has a handler for one of these events of an operation."""
    emitter = getattr(events, "_emitter", events)
    table = getattr(emitter, "_lookup_cache", None)
    handlers = getattr(emitter, "_handlers", None)
    if table is None or handlers is None or not hasattr(handlers, "prefix_search"):
        # An unknown kind of emitter: the long path is right in any case.
        return True
    known = _found.get(emitter)
    if known is None or known[0] is not table:
        known = _found[emitter] = (table, {})
    key = (operation, *among)
    answer = known[1].get(key)
    if answer is None:
        answer = known[1][key] = any(
            _is_listener(handler)
            for event in among
            for handler in handlers.prefix_search(f"{event}.{SERVICE_NAME}.{operation}")
        )
    return answer


def _is_listener(handler: object) -> bool:
    while isinstance(handler, partial):
        handler = handler.func
    module = str(getattr(handler, "__module__", None) or type(handler).__module__)
    return module.partition(".")[0] not in _NO_LISTENERS
