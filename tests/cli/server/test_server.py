"""The mock as a server: clients that are pointed at it, and HTTP of any kind."""

from __future__ import annotations

import http.client
import io
import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagebuilder_mock import current_mock, imagebuilder_server, mock_imagebuilder
from imagebuilder_mock.cli.server import server_gateway
from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.transports.http import serving
from imagebuilder_mock.transports.http.serving import CannotListenError
from imagebuilder_mock.transports.http.wsgi import BODY_LIMIT, Application
from tests.builders import DOCUMENT, OWN, a_component, an_image, an_infrastructure
from tests.model_inputs import operation_names
from tests.servers import FULL

pytestmark = pytest.mark.needs("werkzeug")

COMPONENT = {
    "name": "web",
    "semanticVersion": "1.0.0",
    "platform": "Linux",
    "data": DOCUMENT,
    "clientToken": "token-1",
}
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 "
    "Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/imagebuilder/aws4_request, "
    "SignedHeaders=host, Signature=0a"
}


@pytest.fixture
def url():
    with imagebuilder_server() as url:
        yield url


def a_client(url, *, region="us-east-1", account_id="123456789012"):
    credentials: Any = current_mock().credentials(account_id)
    return boto3.client(
        "imagebuilder",
        region,
        endpoint_url=url,
        config=Config(retries={"max_attempts": 0}),
        **credentials,
    )


def call(url, operation, *, method="POST", headers=SIGNED, **options):
    return requests.request(method, f"{url}/{operation}", headers=headers, timeout=10, **options)


def address_of(url):
    parts = urlsplit(url)
    return parts.hostname, parts.port


def bytes_exchanged(url, sent, *, is_all=True):
    """What comes back to raw bytes until the server closes."""
    with closing(socket.create_connection(address_of(url), timeout=10)) as connection:
        connection.sendall(sent)
        if is_all:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


class TestClients:
    def test_a_story_over_the_network_is_one_in_memory(self, url):
        arn = an_image(a_client(url))

        assert arn in [resource.arn for resource in current_mock().resources()]
        in_memory = current_mock().client(region="us-east-1")
        image = in_memory.get_image(imageBuildVersionArn=arn)["image"]
        assert image["state"] == {"status": "AVAILABLE"}

    def test_it_goes_over_the_network(self, url):
        headers = a_client(url).list_images()["ResponseMetadata"]["HTTPHeaders"]

        assert headers["server"].startswith("Werkzeug/")
        assert "secret" not in json.dumps(headers)

    def test_account_and_region_are_those_of_the_signature(self, url):
        client = a_client(url, region="cn-north-1", account_id="111122223333")

        assert an_infrastructure(client, name="web") == (
            "arn:aws-cn:imagebuilder:cn-north-1:111122223333:infrastructure-configuration/web"
        )

    def test_an_error_is_the_services(self, url):
        client = a_client(url)

        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            client.get_image(imageBuildVersionArn=f"{OWN}image/web/1.0.0/1")

        answer = caught.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert "does not exist" in answer["Error"]["Message"]

    def test_an_arn_in_the_path(self, url):
        client = a_client(url)
        arn = a_component(client)
        client.tag_resource(resourceArn=arn, tags={"a:b": "c"})
        client.untag_resource(resourceArn=arn, tagKeys=["no"])

        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"a:b": "c"}

    def test_a_mock_that_is_on_already_has_its_server(self):
        with mock_imagebuilder(account_id="111122223333") as mock, imagebuilder_server() as url:
            assert call(url, "ListImages").status_code == 200
            assert mock.calls[-1].account_id == "111122223333"

    def test_two_servers_share_the_world_and_each_is_left_alone(self, url):
        with imagebuilder_server() as other:
            an_infrastructure(a_client(other))

            listed = a_client(url).list_infrastructure_configurations()
            assert len(listed["infrastructureConfigurationSummaryList"]) == 1

    def test_the_options_are_those_of_the_mock(self):
        with imagebuilder_server(quotas={"infrastructure configurations": 0}) as url:
            client = a_client(url)

            with pytest.raises(client.exceptions.ServiceQuotaExceededException):
                an_infrastructure(client)

    def test_it_is_gone_when_its_context_ends(self):
        with imagebuilder_server() as url:
            threads = threading.active_count()

        with pytest.raises(requests.ConnectionError):
            call(url, "ListImages")
        with pytest.raises(RuntimeError, match="No mock is on"):
            current_mock()
        assert threading.active_count() < threads

    def test_a_port_that_is_taken_is_named(self, url):
        host, port = address_of(url)

        with (
            pytest.raises(
                CannotListenError, match=rf"Cannot listen at http://{host}:{port}: .*0 for"
            ),
            imagebuilder_server(port=port),
        ):
            pass

        with pytest.raises(CannotListenError), imagebuilder_server(port=99_999):
            pass

    def test_it_can_listen_on_ipv6(self):
        try:
            with imagebuilder_server(host="::1") as url:
                assert url.startswith("http://[::1]:")
                assert a_client(url).list_images()["imageVersionList"] == []
        except CannotListenError:
            pytest.skip("there is no IPv6 here")


class TestWhoAsks:
    def test_nobody_is_refused_with_the_services_words(self, url):
        answer = call(url, "ListImages", headers={})

        assert answer.status_code == 403
        assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
        assert answer.json() == {"message": "Missing Authentication Token"}

    def test_the_host_tells_the_region_of_who_does_not_sign(self, url):
        host = {"Host": "imagebuilder.eu-west-1.amazonaws.com:443"}

        assert call(url, "ListImages", headers=host).status_code == 200
        assert current_mock().calls[-1].region == "eu-west-1"

    def test_a_signature_for_another_service_is_refused(self, url):
        headers = {"Authorization": SIGNED["Authorization"].replace("imagebuilder", "s3")}

        answer = call(url, "", headers=headers)

        assert answer.status_code == 403
        assert "correct service: 'imagebuilder'" in answer.json()["message"]

    def test_a_presigned_url(self, url):
        client = a_client(url)
        presigned = client.generate_presigned_url("create_component", Params=COMPONENT)

        answer = requests.put(presigned, json=COMPONENT, timeout=10)

        assert answer.json()["componentBuildVersionArn"] == f"{OWN}component/web/1.0.0/1"

    def test_no_secret_is_logged(self, url, caplog):
        client = a_client(url)
        presigned = client.generate_presigned_url("list_images")
        with caplog.at_level(logging.DEBUG, logger="imagebuilder_mock"):
            requests.post(presigned, headers={"X-Amz-Security-Token": "s3cret"}, timeout=10)
            bytes_exchanged(
                url, b"POST /?X-Amz-Signature=0a&X-Amz-Credential=b c d HTTP/1.1\r\n\r\n"
            )

        logged = [r for r in caplog.records if r.name == "imagebuilder_mock.cli.server"]
        assert [record.getMessage() for record in logged] == [
            f"POST /ListImages 200 {current_mock().calls and logged[0].args[-1]}"
        ]

    def test_what_could_move_a_terminals_cursor_is_logged_as_text(self, url, caplog):
        with caplog.at_level(logging.INFO, logger="imagebuilder_mock"):
            for path in (b"/\x1b[2J\x9b", b"/_imagebuilder_mock/\x07", b"/a%0Ab"):
                sent = b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
                assert bytes_exchanged(url, sent).startswith(b"HTTP/1.1 40")
            bytes_exchanged(url, b"GET /%1b[2J%0a HTTP/1.1\r\nHost: evil.example\r\n\r\n")

        lines = [record.getMessage() for record in caplog.records]
        assert all(line.isprintable() for line in lines)
        assert [line.split()[1] for line in lines] == [
            r"/\x1b[2J\x9b",
            r"/_imagebuilder_mock/\x07",
            "/a%0Ab",
            r"/\x1b[2J\n",
        ]

    def test_names_and_pages_that_are_let_in_are_options(self):
        page = "http://localhost:3000"
        with imagebuilder_server(allow_host=["mock"], allow_origin=[page]) as url:
            headers = {**SIGNED, "Host": "mock", "Origin": page}
            answer = call(url, "ListImages", headers=headers)
            assert answer.headers["Access-Control-Allow-Origin"] == page
            assert call(url, "ListImages", headers={**SIGNED, "Host": "moc"}).status_code == 403

        with (
            pytest.raises(ValueError, match="is not a host"),
            imagebuilder_server(allow_host=["*"]),
        ):
            pass


class TestMembers:
    def test_unknown_ones_are_ignored(self, url):
        body = COMPONENT | {"ofANewerSdk": {"deep": [1]}}

        assert call(url, "CreateComponent", method="PUT", json=body).status_code == 200

    def test_unknown_ones_are_refused_in_the_same_world_by_clients_of_the_process(self, url):
        del url
        client = boto3.client(
            "imagebuilder", "us-east-1", config=Config(parameter_validation=False)
        )
        client.meta.events.register(
            "before-call",
            lambda params, **_: params.update(body=json.dumps({"noSuchMember": 1}).encode()),
        )

        with pytest.raises(client.exceptions.ClientError, match="noSuchMember"):
            client.list_images()

    def test_unknown_ones_are_refused_if_an_option_says_so(self):
        with imagebuilder_server(unknown_members="refuse") as url:
            answer = call(url, "ListImages", json={"noSuchMember": 1})

            assert answer.status_code == 400
            assert "'noSuchMember' is not a parameter" in answer.json()["message"]


class TestBodies:
    def test_one_of_the_largest_size_is_read(self, url):
        body = json.dumps({"x": "a" * (BODY_LIMIT - 9)})
        assert len(body) == BODY_LIMIT

        assert call(url, "ListImages", data=body).status_code == 200

    @pytest.mark.parametrize("is_chunked", [False, True], ids=["with its length", "in chunks"])
    def test_a_larger_one_is_refused(self, url, is_chunked):
        body = b"a" * (BODY_LIMIT + 1)

        answer = call(url, "ListImages", data=iter([body]) if is_chunked else body)

        assert answer.status_code == 413
        assert answer.headers["x-amzn-errortype"] == "RequestTooLargeException"

    def test_one_in_chunks_is_read(self, url):
        pieces = iter([json.dumps(COMPONENT)[:9].encode(), json.dumps(COMPONENT)[9:].encode()])

        assert call(url, "CreateComponent", method="PUT", data=pieces).status_code == 200

    @pytest.mark.parametrize("length", ["-1", "1e3", "x", "\u00b2", "9" * 5000])
    def test_a_length_that_is_none_is_refused(self, url, length):
        sent = (
            b"POST /ListImages HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + length.encode("latin-1")
            + b"\r\n\r\n"
        )

        status = bytes_exchanged(url, sent).split(b" ")[1]
        assert status in {b"400", b"413"}

    def test_one_that_ends_too_early_does_nothing(self, url):
        body = json.dumps(COMPONENT).encode()
        head = (
            "PUT /CreateComponent HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Length: {len(body) + 1}\r\n"
            f"Authorization: {SIGNED['Authorization']}\r\n\r\n"
        )
        with closing(socket.create_connection(address_of(url), timeout=10)) as connection:
            connection.sendall(head.encode() + body)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65_536)

        assert answer.startswith(b"HTTP/1.1 400")
        assert current_mock().resources() == []


class TestBadClients:
    def test_one_that_sends_its_body_slowly_is_refused(self, url, monkeypatch):
        """For the server a second passes with each piece that it is sent."""
        head = b"PUT /CreateComponent HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
        pieces: list[bytes] = []
        monkeypatch.setattr("imagebuilder_mock.transports.http.exchanges.monotonic", pieces.__len__)
        with closing(socket.create_connection(address_of(url), timeout=60)) as connection:
            connection.sendall(head)
            stop = threading.Event()

            def trickle():
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return
                    pieces.append(b" ")

            thread = threading.Thread(target=trickle)
            thread.start()
            try:
                answer = connection.recv(65_536)
            finally:
                stop.set()
                thread.join()

        assert answer.startswith(b"HTTP/1.1 408")
        assert b"RequestTimeoutException" in answer

    def test_one_that_never_ends_its_headers_is_cut_off(self, monkeypatch):
        hasty = partial(serving.serving, patience=0.5)
        monkeypatch.setattr("imagebuilder_mock.cli.server.serving", hasty)
        sent = b"GET /ListImages HTTP/1.1\r\nHost: "

        with imagebuilder_server() as url, suppress(ConnectionError):  # where even that is late
            assert bytes_exchanged(url, sent, is_all=False) == b""

    def test_one_that_goes_away_in_the_middle_leaves_the_store_whole(self, url):
        body = json.dumps(COMPONENT).encode()
        head = (
            f"PUT /CreateComponent HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        )
        whole = f"{head}Authorization: {SIGNED['Authorization']}\r\n\r\n".encode() + body
        for size in (1, len(head), len(whole) - 1):
            with closing(socket.create_connection(address_of(url), timeout=10)) as connection:
                connection.sendall(whole[:size])
        with closing(socket.create_connection(address_of(url), timeout=10)) as connection:
            connection.sendall(whole)  # and does not wait for its answer

        answer = call(url, "CreateComponent", method="PUT", json=COMPONENT)

        assert answer.json()["componentBuildVersionArn"] == f"{OWN}component/web/1.0.0/1"
        assert len(current_mock().resources()) == 1

    def test_one_that_asks_for_what_is_no_url_is_answered(self, url):
        sent = b"POST a://]b HTTP/1.1\r\nHost: localhost\r\n\r\n"

        assert bytes_exchanged(url, sent).startswith(b"HTTP/1.1 400")

    def test_one_that_waits_to_send_its_body_is_told_once(self, url):
        body = json.dumps(COMPONENT).encode()
        head = (
            f"PUT /CreateComponent HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: {SIGNED['Authorization']}\r\nExpect: 100-continue\r\n\r\n"
        )

        answer = bytes_exchanged(url, head.encode() + body)

        assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")

    def test_one_that_is_slow_does_not_hold_up_others(self, url):
        with closing(socket.create_connection(address_of(url), timeout=10)) as connection:
            connection.sendall(b"PUT /CreateComponent HTTP/1.1\r\nContent-Length: 9\r\n\r\n")

            assert call(url, "ListImages").status_code == 200


class TestOtherServers:
    """WSGI servers that do not hand on the path as it was sent."""

    @pytest.mark.parametrize("query", ["", "tagKeys=a"])
    def test_the_path_is_encoded_again(self, imagebuilder_mock, query):
        arn = an_infrastructure(imagebuilder_mock.client(region="us-east-1"))
        application = Application(server_gateway(imagebuilder_mock), lambda _: (200, {}))
        started = []
        environ = {
            "REQUEST_METHOD": "DELETE" if query else "GET",
            "PATH_INFO": f"/tags/{arn}",
            "QUERY_STRING": query,
            "HTTP_AUTHORIZATION": SIGNED["Authorization"],
            "wsgi.input": io.BytesIO(b"never read"),
        }

        body = b"".join(application(environ, lambda status, _: started.append(status)))

        assert started == ["200 OK"]
        assert json.loads(body) == ({} if query else {"tags": {}})


class TestFaults:
    def test_a_call_that_the_test_does_not_expect_says_so_once(self, url):
        """In the process it is an AssertionError; an SDK gets an error that it does not retry."""
        current_mock().calls.expect_only("GetImage")
        client = boto3.client("imagebuilder", "us-east-1", endpoint_url=url)

        with pytest.raises(ClientError, match="expects only GetImage") as caught:
            client.list_images()

        assert caught.value.response["Error"]["Code"] == "UnexpectedCallException"
        assert current_mock().calls.count("ListImages") == 1

    def test_what_is_not_built_is_501(self, url, monkeypatch):
        monkeypatch.delitem(HANDLERS, "ListImages")

        answer = call(url, "ListImages")

        assert answer.status_code == 501
        assert "does not have ListImages yet" in answer.json()["message"]
        assert answer.headers["x-amzn-requestid"]

    def test_what_breaks_inside_is_the_services_500_and_a_line_in_the_log(
        self, url, monkeypatch, caplog
    ):
        def broken(*_: object) -> None:
            message = "broken"
            raise ZeroDivisionError(message)

        monkeypatch.setitem(HANDLERS, "ListImages", broken)
        answer = call(url, "ListImages")

        assert answer.status_code == 500
        assert answer.headers["x-amzn-errortype"] == "ServiceException"
        [record] = [r for r in caplog.records if r.levelno == logging.ERROR]
        assert answer.headers["x-amzn-requestid"] in record.getMessage()
        assert record.exc_info is not None
        assert record.exc_info[0] is ZeroDivisionError
        assert call(url, "ListComponents").status_code == 200

    def test_a_truncated_answer_ends_in_the_middle(self, url):
        current_mock().faults.add("CreateComponent", truncated=True)

        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            call(url, "CreateComponent", method="PUT", json=COMPONENT)

        assert len(current_mock().resources()) == 1

    def test_a_fault_can_have_a_status_that_http_does_not_name(self, url):
        current_mock().faults.add("ListImages", error=599)

        answer = call(url, "ListImages")

        assert (answer.status_code, answer.json()) == (599, {"message": ""})

    def test_head_has_no_body(self, url):
        answer = bytes_exchanged(url, b"HEAD /ListImages HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert answer.startswith(b"HTTP/1.1 403")
        assert answer.endswith(b"\r\n\r\n")


GARBAGE_PATHS = st.one_of(
    st.sampled_from([f"/{name}" for name in operation_names()]),
    st.sampled_from(["/tags/", "/tags/%ff", "*", "http://[", "//", "/%", "/_imagebuilder_mock/"]),
    st.text(st.characters(codec="latin-1", exclude_characters=" \r\n"), max_size=30),
)
GARBAGE_HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Authorization",
            "Host",
            "Content-Type",
            "Transfer-Encoding",
            "Expect",
            "X-Amz-Date",
            "X_Amz",
            "Content-Encoding",
        ]
    ),
    st.one_of(
        st.sampled_from([SIGNED["Authorization"], "chunked", "100-continue", "AWS4-HMAC-SHA256 x"]),
        st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=40),
    ),
    max_size=4,
)
GARBAGE_BODIES = st.one_of(
    st.binary(max_size=60),
    st.integers(1, 100_000).map(lambda depth: b"[" * depth),
    st.integers(1, 300).map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=10_000 if FULL else 60,
)
@given(
    method=st.sampled_from(
        ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "get", "X", "\u00ff"]
    ),
    path=GARBAGE_PATHS,
    query=st.text(st.characters(codec="latin-1", exclude_characters=" \r\n"), max_size=30),
    headers=GARBAGE_HEADERS,
    body=GARBAGE_BODIES,
)
def test_garbage_of_every_kind_is_never_a_5xx(url, method, path, query, headers, body):
    """501 for an operation that is not built aside; and the server goes on."""
    lines = [f"{method} {path}?{query} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    if "Transfer-Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    sent = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
    with closing(socket.create_connection(address_of(url), timeout=10)) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            response = http.client.HTTPResponse(connection)
            response.begin()
            status = response.status
        except TimeoutError:
            raise
        except (http.client.HTTPException, OSError):
            status = None  # no HTTP, so no answer: it may be closed before all is sent

    assert status is None or status < 500 or status == 501
    assert call(url, "ListImages").status_code == 200


THREADS = 8
CALLS_SERVED, CALLS = (1000, 1000) if FULL else (100, 240)


@pytest.mark.parametrize(
    ("is_served", "calls"),
    [(True, CALLS_SERVED), (False, CALLS)],
    ids=["over the network", "in process"],
)
def test_threads_with_mixed_calls_lose_and_double_nothing(is_served, calls):
    with imagebuilder_server(quotas=False) as url:

        def work(number, client):
            made = []
            for turn in range(calls // 4):
                arn = an_infrastructure(client, name=f"thread-{number}-{turn}")
                client.tag_resource(resourceArn=arn, tags={"turn": str(turn)})
                shown = client.get_infrastructure_configuration(infrastructureConfigurationArn=arn)
                assert shown["infrastructureConfiguration"]["tags"] == {"turn": str(turn)}
                if turn % 2:
                    client.delete_infrastructure_configuration(infrastructureConfigurationArn=arn)
                else:
                    client.list_infrastructure_configurations()
                    made.append(arn)
            return made

        # boto3's default session is not for several threads at once.
        clients = [
            a_client(url) if is_served else current_mock().client(region="us-east-1")
            for _ in range(THREADS)
        ]
        with ThreadPoolExecutor(THREADS) as pool:
            made = [arn for arns in pool.map(work, range(THREADS), clients) for arn in arns]

        left = [resource.arn for resource in current_mock().resources(region="us-east-1")]
        assert sorted(left) == sorted(made)
        assert current_mock().calls.count() == THREADS * calls
