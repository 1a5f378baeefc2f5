"""A WSGI application on a port of this machine, in threads of its own; werkzeug serves it."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.records import Value

from .exchanges import Connections, handler_class
from .wsgi import server_log

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10.0
"""Seconds in which a client has to send its request, from the moment it connects."""

KEPT = 60.0
"""Seconds for which a connection is kept for the client's next request."""

_POLL = 0.05
_BACKLOG = 128
_PORTS = range(1 << 16)


class CannotListenError(OSError):
    """The port is taken, or the address is not this machine's."""


class Served(Value):
    """Where an application is served."""

    host: str
    port: int
    is_open: bool
    """Whether other machines can connect."""
    connections: Connections

    @property
    def url(self) -> str:
        return url_of(self.host, self.port)


@contextmanager
def serving(
    application: Any, *, host: str, port: int, patience: float = PATIENCE, linger: float = PATIENCE
) -> Iterator[Served]:
    """Serve while the context lasts; port 0 leaves the port to the system.

    ``Served.host`` is an address to which this machine can connect, also if the server listens on
    all addresses. A client has ``patience`` seconds to send a request. At the end no request is
    taken any more, and those under way have ``linger`` seconds to be answered. CannotListenError if
    the port is taken, ModuleNotFoundError without werkzeug.
    """
    connections = Connections()
    server, listens_at = _new_server(
        application, host, port, handler_class(connections, patience=patience, kept=KEPT)
    )
    thread = threading.Thread(
        target=server.serve_forever, args=(_POLL,), name=server_log.name, daemon=True
    )
    thread.start()
    try:
        address = ip_address(listens_at)
        if address.is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004 - IPv4
        yield Served(host, server.port, not address.is_loopback, connections)
    finally:
        server.shutdown()
        thread.join()
        connections.end(linger)


def url_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _new_server(application: Any, host: str, port: int, handler: Any) -> tuple[Any, str]:
    from werkzeug.serving import make_server  # noqa: PLC0415 - an extra

    with _listening(host, port) as listener:
        # werkzeug ends the process if it cannot bind, so it gets a socket that is bound.
        server: Any = make_server(
            host,
            port,
            application,
            threaded=True,
            request_handler=handler,
            fd=listener.fileno(),
        )
        listens_at: str = listener.getsockname()[0]
    server.handle_error = lambda *_: server_log.exception("A connection has failed.")
    return server, listens_at


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        if not host:
            raise OSError(0, "no host is named; 0.0.0.0 would be all addresses")  # noqa: TRY301 - said as the others
        if port not in _PORTS:
            raise OSError(0, f"a port is a number from 0 to {_PORTS[-1]}")  # noqa: TRY301 - the same
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        msg = f"Cannot listen at {url_of(host, port)}: {error.strerror or error}. " + (
            "Choose another port, or 0 for any that is free."
            if host
            else "Name one, such as 127.0.0.1."
        )
        raise CannotListenError(msg) from None
