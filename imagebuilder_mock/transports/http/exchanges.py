"""What happens on a connection: requests, one after the other, and their answers.

werkzeug's handler reads HTTP. It closes a connection after each answer; here the connection is kept
for the next request, if the client wants that and has sent no more than was read.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from io import BufferedReader, RawIOBase
from itertools import chain
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.headers import Headers

from .one_port import HEADERS, TAKE_TIME
from .wsgi import CHUNK, server_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from email.message import Message

_WITHOUT_A_BODY = ("1", "204", "304")


class Connections:
    """The connections of a server, and how many of them have a request that is being answered."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._idle: set[socket.socket] = set()
        self.is_ending = False
        self.busy = 0
        """How many requests are being answered."""
        self.answered = 0
        """How many requests have been answered."""

    def add(self, connection: socket.socket) -> bool:
        """A connection waits for a request; False if the server is ending."""
        with self._changed:
            if not self.is_ending:
                self._idle.add(connection)
            return not self.is_ending

    def remove(self, connection: socket.socket) -> None:
        with self._changed:
            self._idle.discard(connection)

    def begin(self, connection: socket.socket) -> bool:
        """A request has come; False if it is too late, as its answer could not be sent."""
        with self._changed:
            if self.is_ending:
                return False
            self._idle.discard(connection)
            self.busy += 1
            return True

    def finish(self) -> None:
        """A request is answered."""
        with self._changed:
            self.busy -= 1
            self.answered += 1
            self._changed.notify_all()

    def end(self, seconds: float) -> None:
        """Close the idle connections, and wait for the answers on the others."""
        with self._changed:
            self.is_ending = True
            for connection in self._idle:
                with suppress(OSError):  # the client may have closed it before
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: self.busy == 0, timeout=seconds)


class _PatientReader(RawIOBase):
    """Reads a connection until a deadline, and raises TimeoutError after it."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self.wait_for(seconds)

    def wait_for(self, seconds: float) -> None:
        self._deadline = monotonic() + seconds

    def take_time(self) -> None:
        """Wait as long as the client goes on sending, as it does to upload a large file."""
        self._deadline = inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(self._seconds if left == inf else left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(self._seconds)  # for what is written


class _Body(RawIOBase):
    """The body of a request, up to its Content-Length: no byte of the next request."""

    def __init__(self, stream: BufferedReader, length: int) -> None:
        self._stream = stream
        self.left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read1(min(len(buffer), self.left)) if self.left else b""
        self.left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


class _Answer:
    """The answer of an application while it is written."""

    def __init__(self) -> None:
        self.status = ""
        self.headers = Headers()
        self.early: list[bytes] = []
        self.is_begun = False

    def start(
        self, status: str, headers: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, Headers(headers)
        return self.early.append


def handler_class(connections: Connections, *, patience: float, kept: float) -> Any:
    """A handler of werkzeug's that keeps connections.

    A client has ``patience`` seconds to send a request, and ``kept`` seconds until its next one.
    ModuleNotFoundError without werkzeug.
    """
    try:
        from werkzeug.serving import WSGIRequestHandler  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        what = "'imagebuilder-mock[server]', or werkzeug itself"
        msg = f"The server needs werkzeug: pip install {what}."
        raise ModuleNotFoundError(msg, name=error.name) from None

    members = {"connections": connections, "patience": patience, "kept": kept}
    return type("Handler", (_Exchanges, WSGIRequestHandler), members)


class _Exchanges(BaseHTTPRequestHandler):
    """What werkzeug's handler does differently here, as a mixin before it."""

    connections: Connections
    patience: float
    kept: float
    make_environ: Callable[[], dict[str, Any]]
    server: Any

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body go out together
    rfile: BufferedReader

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.reader = _PatientReader(self.connection, self.patience)
        self.rfile = BufferedReader(self.reader)
        self._is_kept = False

    def finish(self) -> None:
        self.connections.remove(self.connection)
        with suppress(OSError):  # the client has gone away before all was written
            super().finish()

    def handle_one_request(self) -> None:
        self.close_connection = True
        if not self.connections.add(self.connection):
            return
        if self._is_kept:
            if not self._is_there_a_next():
                return
            self.reader.wait_for(self.patience)
        self._is_kept = True
        super().handle_one_request()

    def _is_there_a_next(self) -> bool:
        self.reader.wait_for(self.kept)
        try:
            return bool(self.rfile.peek(1))
        except OSError:
            return False

    def run_wsgi(self) -> None:
        try:
            urlsplit(self.path)
        except ValueError:
            self.send_error(400)
            return
        if not self.connections.begin(self.connection):
            self.close_connection = True
            return
        try:
            self._exchange()
        finally:
            self.connections.finish()

    def _exchange(self) -> None:
        if self.headers.get("Expect", "").lower().strip(" \t") == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        self.environ = environ = self.make_environ()
        environ[HEADERS] = self.headers
        environ[TAKE_TIME] = self.reader.take_time
        body = None
        if not environ.get("wsgi.input_terminated"):
            body = _Body(self.rfile, _length(self.headers))
            environ["wsgi.input"] = BufferedReader(body)
        answer = _Answer()
        try:
            self._write(answer, self.server.app(environ, answer.start), body)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
            raise
        except Exception:  # noqa: BLE001 - the client gets an answer, and we the trace
            server_log.exception("The application has failed.")
            self.close_connection = True
            if not answer.is_begun:
                self.send_error(500)
        if self.close_connection and (body is None or body.left):
            self._read_the_rest()

    def _write(self, answer: _Answer, given: Iterable[bytes], body: _Body | None) -> None:
        """Write the answer. If more of the request's body may come, the connection is not kept."""
        try:
            pieces = iter(given)
            first = b"".join([next(pieces, b""), *answer.early])
            is_empty = self.command == "HEAD" or answer.status.startswith(_WITHOUT_A_BODY)
            length = answer.headers["Content-Length"]
            is_without_length = length is None and not is_empty
            is_chunked = is_without_length and self.request_version >= "HTTP/1.1"
            if (
                body is None
                or body.left
                or is_without_length > is_chunked
                or self.connections.is_ending
            ):
                self.close_connection = True
            answer.is_begun = True
            self._head(answer, is_chunked=is_chunked)
            written = 0
            for piece in chain((first,), pieces):
                written += len(piece)
                self.wfile.write(_chunk(piece) if is_chunked else piece)
                self.wfile.flush()
            if is_chunked:
                self.wfile.write(b"0\r\n\r\n")
            if length is not None and not is_empty and written < int(length):
                self.close_connection = True
        finally:
            getattr(given, "close", lambda: None)()

    def _head(self, answer: _Answer, *, is_chunked: bool) -> None:
        code, _, phrase = answer.status.partition(" ")
        self.send_response_only(int(code), phrase)
        answer.headers.setdefault("Server", self.version_string())
        answer.headers.setdefault("Date", self.date_time_string())
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        if self.close_connection:
            self.send_header("Connection", "close")
        else:
            self.send_header("Keep-Alive", f"timeout={self.kept:.0f}")
            self.send_header("Connection", "keep-alive")
        self.end_headers()

    def _read_the_rest(self) -> None:
        """Read what the client still sends: if the connection closed, it would see no answer."""
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            while self.rfile.read1(CHUNK):
                pass

    def handle_expect_100(self) -> bool:
        """Do nothing: ``_exchange`` answers 100 Continue."""
        return True

    def log(self, *_: object) -> None:
        """Log nothing: the application logs its answers, and request lines may hold signatures."""

    def log_request(self, *_: object) -> None:
        """The same; a request line need not even be a URL."""


def _length(headers: Message) -> int:
    """The length of a body that is not chunked; more than nothing if it cannot be known."""
    said = headers.get_all("Content-Length") or []
    if not said and "Transfer-Encoding" not in headers:
        return 0
    if len(said) == 1 and said[0].isascii() and said[0].isdigit():
        return int(said[0][:20])
    return 1  # so that the connection is not kept


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""
