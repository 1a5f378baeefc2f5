"""A WSGI application on a port of this machine, in threads of its own; werkzeug serves it."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from io import BufferedReader, RawIOBase
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .one_port import HEADERS, TAKE_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10.0
"""Seconds in which a client has to send its request, from the moment it connects."""

_POLL = 0.05
_BACKLOG = 128
_LAST_PORT = 65_535


class CannotListenError(OSError):
    """The port is taken, or the address is not this machine's."""


@contextmanager
def serving(
    application: Any, *, host: str, port: int, patience: float = PATIENCE
) -> Iterator[tuple[str, int]]:
    """Serve while the context lasts; the value is the host and port, which 0 leaves to the system.

    At the end no request is taken any more, and those that came in are answered. CannotListenError
    if the port is taken, ModuleNotFoundError without werkzeug.
    """
    server = _new_server(application, host, port, patience)
    thread = threading.Thread(
        target=server.serve_forever, args=(_POLL,), name="imagebuilder_mock.cli.server", daemon=True
    )
    thread.start()
    try:
        yield host, server.port
    finally:
        server.shutdown()
        thread.join()
        server.busy.wait_until_idle(patience)


def url_of(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Busy:
    """How many requests are being answered."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0, timeout=seconds)


class _PatientReader(RawIOBase):
    """Reads a connection until a deadline, and raises TimeoutError after it."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._deadline = monotonic() + seconds

    def readable(self) -> bool:
        return True

    def take_time(self) -> None:
        """Wait for this client as long as it goes on sending, as one that uploads a large file."""
        self._deadline = inf

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(min(left, self._seconds))
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(self._seconds)  # for what is written


def _new_server(application: Any, host: str, port: int, patience: float) -> Any:
    try:
        from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        msg = "The server needs werkzeug: install imagebuilder-mock[server], or werkzeug itself."
        raise ModuleNotFoundError(msg, name=error.name) from None

    busy = _Busy()

    class Handler(WSGIRequestHandler):
        def setup(self) -> None:
            super().setup()
            self.rfile.close()
            self.reader = _PatientReader(self.connection, patience)
            self.rfile = BufferedReader(self.reader)

        def make_environ(self) -> Any:
            environ = super().make_environ()
            environ[HEADERS] = self.headers
            environ[TAKE_TIME] = self.reader.take_time
            return environ

        def run_wsgi(self) -> None:
            try:
                urlsplit(self.path)
            except ValueError:
                self.send_error(400)
                return
            with busy:
                super().run_wsgi()

        def handle_expect_100(self) -> bool:
            """Werkzeug answers 100 Continue by itself."""
            return True

        def log(self, *_: object) -> None:
            """The application logs what it answered; request lines may hold signatures."""

        def log_request(self, *_: object) -> None:
            """The same; and the request line may not even be a URL."""

    with _listening(host, port) as listener:
        # werkzeug ends the process if it cannot bind; a socket that is bound it takes as it is.
        server: Any = make_server(
            host, port, application, threaded=True, request_handler=Handler, fd=listener.fileno()
        )
    server.busy = busy
    return server


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        if port > _LAST_PORT:
            raise OSError(0, f"there is no port above {_LAST_PORT}")  # noqa: TRY301 - said as the others
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        msg = (
            f"Cannot listen at {url_of(host, port)}: {error.strerror or error}. "
            "Choose another port, or 0 for any that is free."
        )
        raise CannotListenError(msg) from None
