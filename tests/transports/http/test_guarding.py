"""Who may ask a server: which names it answers under, and which web pages."""

from __future__ import annotations

import json

import pytest

from imagebuilder_mock.transports.http.guarding import Guard, allowed_host, allowed_origin

PAGE = "http://evil.example"
OWN = "http://127.0.0.1:5055"
FRIEND = "http://localhost:3000"
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site"}


def answer_of(method="POST", path="/ListImages", *, host="127.0.0.1:5055", headers=(), **options):
    """Status, headers and message of a guarded application, which answers 200 to all."""

    def application(_, start_response):
        start_response("200 OK", [("Access-Control-Allow-Origin", "*"), ("X-Own", "kept")])
        return [b'{"message": "answered"}']

    seen = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "wsgi.url_scheme": "http",
        **({} if host is None else {"HTTP_HOST": host}),
        **{
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in dict(headers).items()
        },
    }
    guard = Guard(application, pages=("/_imagebuilder_mock/",), **options)
    body = b"".join(guard(environ, lambda *told: seen.extend(told)))
    return int(seen[0].split()[0]), dict(seen[1]), json.loads(body or b"{}").get("message")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:5055",
        "LOCALHOST.",
        "mock.localhost:5055",
        "127.0.0.1",
        "[::1]:5055",
        "[0:0:0:0:0:0:0:1]",
        "imagebuilder.eu-west-1.amazonaws.com:443",
        "imagebuilder.cn-north-1.amazonaws.com.cn",
        "imagebuilder-fips.us-east-1.api.aws",
        "bucket.s3.amazonaws.com",
    ],
)
def test_names_of_this_machine_and_of_aws_are_answered(host):
    assert answer_of(host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:5055",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "amazonaws.com.evil.example",
        "evilamazonaws.com",
        "10.0.0.5:5055",
        "0.0.0.0:5055",
        "[::]:5055",
        "localhost@evil.example",
        "evil.example,localhost",
        "localhost:x",
        "[evil.example]",
        "\xe9.localhost",
    ],
)
def test_other_names_are_refused_with_what_to_do(host):
    status, headers, message = answer_of("GET", "/_imagebuilder_mock/calls", host=host)

    assert (status, headers["x-amzn-errortype"]) == (403, "ForbiddenException")
    assert "--allow-host" in message


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("mock", "mock:5055"),
        ("Mock.Example.com.", "mock.example.com"),
        ("*.example.com", "a.b.example.com"),
        ("10.0.0.5", "10.0.0.5:5055"),
        ("fd00::5", "[fd00:0::5]:5055"),
        ("[fd00::5]", "[fd00::5]"),
    ],
)
def test_a_name_that_is_allowed_is_answered(allowed, host):
    assert answer_of(host=host)[0] == 403
    assert answer_of(host=host, hosts=[allowed])[0] == 200


@pytest.mark.parametrize("text", ["", "http://mock", "mock:80", "a b", "*", "a.*.b", "[mock]", "."])
def test_what_is_no_host_cannot_be_allowed(text):
    with pytest.raises(ValueError, match="is not a host: give a name"):
        allowed_host(text)


@pytest.mark.parametrize(
    "text", ["*", "null", "localhost:3000", "http://localhost:3000/", "http://", "http://a/b"]
)
def test_what_is_no_origin_cannot_be_allowed(text):
    with pytest.raises(ValueError, match="is not an origin: give the scheme"):
        allowed_origin(text)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": PAGE},
        {"Origin": "null"},
        {"Origin": "http://localhost:5055"},  # this server by another name is another origin
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "https://127.0.0.1:5055"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {**LINK, "Origin": PAGE},
        {**LINK, "Sec-Fetch-Dest": "iframe"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/GetImage", "/_imagebuilder_mock/clock"])
def test_a_page_of_another_origin_is_refused(headers, method, path):
    status, given, message = answer_of(method, path, headers=headers)

    assert (status, "--allow-origin" in message) == (403, True)
    assert not any(name.lower().startswith("access-control-") for name in given)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OWN},
        {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},  # typed by a person
        {"Sec-Fetch-Mode": "cors"},  # fetch of Node.js
    ],
    ids=str,
)
def test_programs_and_pages_of_ones_own_are_answered(headers):
    assert answer_of(headers=headers)[0] == 200


def test_a_link_opens_a_page_and_does_nothing_else():
    assert answer_of("GET", "/_imagebuilder_mock/calls", headers=LINK)[0] == 200
    assert answer_of("GET", "/GetImage", headers=LINK)[0] == 403
    assert answer_of("POST", "/_imagebuilder_mock/reset", headers=LINK)[0] == 403


def test_an_origin_that_is_allowed_gets_what_cors_wants():
    headers = {"Origin": FRIEND, "Sec-Fetch-Site": "same-site"}

    status, given, _ = answer_of(headers=headers, origins=["HTTP://localhost:3000"])

    assert (status, given["X-Own"]) == (200, "kept")
    assert given["Access-Control-Allow-Origin"] == FRIEND
    assert given["Vary"] == "Origin"
    assert answer_of(headers={"Origin": PAGE}, origins=[FRIEND])[0] == 403
    assert answer_of(headers=headers, origins=[FRIEND], host="evil.example")[0] == 403


def test_a_preflight_is_answered_for_an_origin_that_is_allowed():
    asked = {
        "Origin": FRIEND,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-amz-date",
        "Access-Control-Request-Private-Network": "true",
    }

    status, given, message = answer_of("OPTIONS", headers=asked, origins=[FRIEND])

    assert (status, message) == (204, None)
    assert given["Access-Control-Allow-Methods"] == "POST"
    assert given["Access-Control-Allow-Headers"] == "authorization,x-amz-date"
    assert given["Access-Control-Allow-Private-Network"] == "true"


def test_without_an_allowed_origin_no_answer_has_headers_of_cors():
    _, given, _ = answer_of()

    assert given == {"X-Own": "kept"}
