"""Connections: kept for the next request, and closed where what follows cannot be known."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection, RemoteDisconnected

import pytest

from imagebuilder_mock.transports.http import serving as serving_module
from imagebuilder_mock.transports.http.serving import serving

pytestmark = pytest.mark.needs("werkzeug")


def application(environ, start_response):
    """Answers with the body it got, in the form that the path wants."""
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise ZeroDivisionError
    if path == "/unread":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    length = environ.get("CONTENT_LENGTH")
    body = environ["wsgi.input"].read(*([int(length)] if length else []))
    if path == "/pieces":
        start_response("200 OK", [])
        return iter([b"got ", b"", body])
    if path == "/cut":
        start_response("200 OK", [("Content-Length", "100")])
        return [body]
    if path == "/dated":
        start_response("200 OK", [("date", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Server", "AWS")])
        return [b"ok"]
    if path == "/nothing":
        start_response("204 No Content", [])
        return []
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def connected(**options):
    with serving(application, host="127.0.0.1", port=0, **options) as served:
        connection = HTTPConnection("127.0.0.1", served.port, timeout=10)
        with closing(connection):
            yield connection, served


def exchanged(connection, path="/", body=b"", method="POST", **headers):
    """Status, body and Connection header of an answer."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, names)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers["Connection"]


def wait_until(holds):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_server_and_the_date_of_an_application_are_the_only_ones():
    with connected() as (connection, _):
        connection.request("GET", "/dated")
        answer = connection.getresponse()

        assert answer.headers.get_all("Server") == ["AWS"]
        assert answer.headers.get_all("Date") == ["Thu, 01 Jan 2026 00:00:00 GMT"]
        answer.read()
        connection.request("GET", "/")
        assert connection.getresponse().headers["Server"]


def test_a_connection_is_kept_for_the_next_request():
    with connected() as (connection, _):
        for body in (b"a", b"", b"b" * 100_000):
            assert exchanged(connection, body=body) == (200, body, "keep-alive")
            own = connection.sock
        assert exchanged(connection, "/pieces", b"it") == (200, b"got it", "keep-alive")
        assert exchanged(connection, "/nothing") == (204, b"", "keep-alive")
        assert exchanged(connection, "/unread", method="HEAD") == (200, b"", "keep-alive")
        assert connection.sock is own


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/", b"a", {"Connection": "close"}),
        ("/unread", b"more than is read", {}),
        ("/", iter([b"in", b" chunks"]), {}),
    ],
    ids=["that the client closes", "with more than was read", "in chunks"],
)
def test_a_connection_is_closed_after_a_request(path, body, headers):
    with connected() as (connection, _):
        status, _, said = exchanged(connection, path, body, **headers)

        assert (status, said) == (200, "close")
        assert connection.sock is None


def test_requests_that_are_sent_at_once_are_answered_in_their_order():
    request = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n%d"
    with connected() as (_, served):
        address = ("127.0.0.1", served.port)
        with closing(socket.create_connection(address, timeout=10)) as connection:
            connection.sendall(b"".join(request % number for number in range(5)))
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()

    assert [part[-1:] for part in answer.split(b"HTTP/1.1 200 OK\r\n")[1:]] == [
        b"0",
        b"1",
        b"2",
        b"3",
        b"4",
    ]


@pytest.mark.parametrize(
    "lengths", [["1", "5"], ["x"], ["-1"]], ids=["two", "no number", "below zero"]
)
def test_what_follows_a_body_of_unknown_length_is_no_request(lengths):
    head = "".join(f"Content-Length: {length}\r\n" for length in lengths)
    smuggled = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
    sent = f"POST /unread HTTP/1.1\r\nHost: localhost\r\n{head}\r\n{smuggled}"
    with connected() as (_, served):
        address = ("127.0.0.1", served.port)
        with closing(socket.create_connection(address, timeout=10)) as connection:
            connection.sendall(sent.encode())
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()

    assert answer.count(b"HTTP/1.1") == 1


def test_a_client_of_http_1_0_gets_no_chunks():
    sent = b"POST /pieces HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n!"
    with connected() as (_, served):
        address = ("127.0.0.1", served.port)
        with closing(socket.create_connection(address, timeout=10)) as connection:
            connection.sendall(sent)
            answer = connection.makefile("rb").read()

    assert answer.endswith(b"\r\n\r\ngot !")


def test_an_answer_that_is_cut_ends_its_connection():
    with connected() as (connection, _):
        connection.request("POST", "/cut", b"a")
        with pytest.raises(Exception, match="IncompleteRead"):
            connection.getresponse().read()


def test_a_client_that_has_gone_away_is_nothing_to_log(caplog):
    handlers, has_gone = [], threading.Event()

    def late(environ, start_response):
        handlers.append(threading.current_thread())
        assert has_gone.wait(60)
        return application(environ, start_response)

    with serving(late, host="127.0.0.1", port=0) as served:
        with closing(socket.create_connection(("127.0.0.1", served.port))) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n!")
            wait_until(lambda: handlers)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        has_gone.set()
    handlers[0].join(60)

    assert not handlers[0].is_alive()
    assert not [each for each in caplog.records if each.name.startswith("imagebuilder_mock")]


def test_what_breaks_in_an_application_is_answered_and_logged(caplog):
    with connected() as (connection, _):
        assert exchanged(connection, "/broken")[0] == 500
        assert exchanged(connection, "/", b"a")[0] == 200

    [record] = [each for each in caplog.records if each.name.startswith("imagebuilder_mock")]
    assert record.exc_info[0] is ZeroDivisionError


def test_a_kept_connection_is_closed_when_nothing_more_is_asked(monkeypatch):
    monkeypatch.setattr(serving_module, "KEPT", 0.05)
    with connected() as (connection, _):
        exchanged(connection)

        assert connection.sock.recv(1) == b""


def test_the_end_of_a_server_closes_what_is_idle_and_waits_for_what_is_asked():
    with connected(patience=30) as (idle, served):
        exchanged(idle)
        wait_until(lambda: not served.connections.busy)
        busy = HTTPConnection("127.0.0.1", served.port, timeout=10)
        busy.request("POST", "/", b"", {"Content-Length": "1"})
        wait_until(lambda: served.connections.busy)

        def send_the_rest():
            wait_until(lambda: served.connections.is_ending)
            busy.send(b"x")

        rest = threading.Thread(target=send_the_rest)
        rest.start()
    rest.join()
    with closing(busy):
        answer = busy.getresponse()
        assert (answer.read(), answer.headers["Connection"]) == (b"x", "close")
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        exchanged(idle)
