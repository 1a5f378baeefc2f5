"""From method, path, query and body to an operation and its parameters."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.errors import InvalidParameterException, InvalidRequestException
from imagebuilder_mock.protocol.http import HttpRequest
from imagebuilder_mock.protocol.requests import UnknownOperationException, check, parse
from tests.builders import OWN
from tests.model import service_model
from tests.model_inputs import full, input_of, minimal, operation_names, request

COMPONENT = f"{OWN}component/web/1.0.0/1"
TAGS = f"/tags/{quote(COMPONENT, safe='')}"
_ROUTES = {
    (http["method"], http["requestUri"]): name
    for name in operation_names()
    for http in [service_model().operation_model(name).http]
}


def put(body, operation="CreateComponent"):
    return HttpRequest("PUT", f"/{operation}", body=body)


@pytest.mark.parametrize("operation", operation_names())
def test_every_operation_is_reached_and_takes_what_was_sent(operation):
    for params in (minimal(input_of(operation)), full(input_of(operation))):
        spec, received = parse(request(operation, params))

        assert spec.name == operation
        assert received == params
        assert set(check(spec, received)) == set(params)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "put", ""])
def test_another_method_reaches_no_operation_or_another_one(method):
    for template in {template for _, template in _ROUTES}:
        path = template.format(resourceArn=quote(COMPONENT, safe=""))
        if (method, template) in _ROUTES:
            assert parse(HttpRequest(method, path))[0].name == _ROUTES[method, template]
        else:
            with pytest.raises(UnknownOperationException, match=f"no operation for {method} /"):
                parse(HttpRequest(method, path))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/NoSuchOperation",
        "/createcomponent",
        "/CreateComponent/",
        "//CreateComponent",
        "/CreateComponent?x=1",
        "/Create%43omponent",
        "/../CreateComponent",
        "/tags",
        "/\x00",
        "/\ud800",
        "/" + "a" * 100_000,
    ],
    ids=lambda path: ascii(path[:30]),
)
def test_a_wrong_path_is_no_operation(path):
    with pytest.raises(UnknownOperationException):
        parse(HttpRequest("PUT", path))


# Labels


@pytest.mark.parametrize(
    ("label", "value"),
    [
        (quote(COMPONENT, safe=""), COMPONENT),
        (quote(COMPONENT), COMPONENT),
        (COMPONENT, COMPONENT),
        ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("a+b", "a+b"),
        ("%C3%A9", "\u00e9"),
        ("%FF", "\ufffd"),
        ("%", "%"),
        ("", ""),
    ],
)
def test_a_label_is_decoded_once(label, value):
    _, params = parse(HttpRequest("GET", f"/tags/{label}"))

    assert params == {"resourceArn": value}


def test_a_label_is_not_taken_from_the_body():
    body = json.dumps({"resourceArn": "other", "tags": {"a": "b"}})

    _, params = parse(HttpRequest("POST", TAGS, body=body))

    assert params == {"resourceArn": COMPONENT, "tags": {"a": "b"}}


# The query


def test_a_list_is_all_that_the_query_has_of_it():
    _, params = parse(HttpRequest("DELETE", TAGS, query={"tagKeys": ["b", "a", "b"]}))

    assert params["tagKeys"] == ["b", "a", "b"]


def test_the_last_of_a_repeated_member_counts():
    query = {"componentBuildVersionArn": ["first", "last"]}

    _, params = parse(HttpRequest("GET", "/GetComponent", query=query))

    assert params == {"componentBuildVersionArn": "last"}


@pytest.mark.parametrize(
    ("method", "path", "member"),
    [("GET", "/GetComponent", "componentBuildVersionArn"), ("DELETE", TAGS, "tagKeys")],
)
def test_a_member_without_values_is_absent(method, path, member):
    _, params = parse(HttpRequest(method, path, query={member: []}))

    assert member not in params


def test_an_empty_value_is_a_value():
    query = {"componentBuildVersionArn": [""]}

    _, params = parse(HttpRequest("GET", "/GetComponent", query=query))

    assert params == {"componentBuildVersionArn": ""}


def test_what_the_query_has_beyond_the_model_is_nobodys():
    query = {"componentBuildVersionArn": [COMPONENT], "Version": ["1"], "name": ["x"]}

    _, params = parse(HttpRequest("GET", "/GetComponent", query=query))

    assert params == {"componentBuildVersionArn": COMPONENT}


def test_a_member_of_the_query_is_not_taken_from_the_body():
    body = json.dumps({"componentBuildVersionArn": COMPONENT})

    _, params = parse(HttpRequest("GET", "/GetComponent", body=body))

    assert params == {}


def test_a_member_of_the_body_is_not_taken_from_the_query():
    _, params = parse(HttpRequest("PUT", "/CreateComponent", query={"name": ["x"]}))

    assert params == {}


# The body


@pytest.mark.parametrize("body", [b"", "", b"{}", "{}", b" {} ", b"\n{}"])
def test_no_body_is_an_empty_one(body):
    _, params = parse(put(body))

    assert params == {}


@pytest.mark.parametrize(
    "body", [b'{"name": "\xc3\xa9"}', '{"name": "\u00e9"}', rb'{"name": "\u00e9"}']
)
def test_text_is_utf_8(body):
    _, params = parse(put(body))

    assert params == {"name": "\u00e9"}


def test_a_pair_of_escapes_is_one_character():
    _, params = parse(put(rb'{"name": "\ud83d\ude00"}'))

    assert params == {"name": "\U0001f600"}


def test_the_last_of_a_repeated_key_counts():
    _, params = parse(put(b'{"name": "first", "name": "last"}'))

    assert params == {"name": "last"}


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"{}}",
        b"name=x",
        b"{'name': 'x'}",
        b'{"name": }',
        b'{"name": "x",}',
        b'{"name": "\x01"}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": -Infinity}',
        b'{"name": 01}',
        b'{"name": 0x1}',
        b"\xef\xbb\xbf{}",
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        '{"name": "x"}'.encode("utf-16"),
        b"\x1f\x8b\x08\x00",
        b"\x00",
        '{"name": "\ud800"}',
        rb'{"name": "\ud800"}',
        rb'{"name": "\uDFFF tail"}',
        rb'{"\ud800": "x"}',
        rb'{"components": [{"parameters": [{"name": "\udc00"}]}]}',
        b'{"name": ' + b"1" * 10_000 + b"}",
        b'{"name":' * 100_000,
        b"[" * 100_000,
        b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
    ids=lambda body: ascii(body[:30]),
)
def test_what_is_no_json_is_refused(body):
    with pytest.raises(InvalidRequestException, match=r"^The request body is not valid JSON\.$"):
        parse(put(body))


@pytest.mark.parametrize("body", [b"null", b"[]", b'"{}"', b"1", b"true", b"1e999"])
def test_json_that_is_no_object_is_refused(body):
    with pytest.raises(InvalidRequestException, match=r"^The request body must be a JSON object"):
        parse(put(body))


@pytest.mark.parametrize(
    ("method", "path", "member"),
    [("GET", "/GetComponent", "componentBuildVersionArn"), ("DELETE", TAGS, "tagKeys")],
)
def test_half_a_character_in_the_query_is_refused(method, path, member):
    with pytest.raises(InvalidRequestException, match="text that is not Unicode"):
        parse(HttpRequest(method, path, query={member: ["whole", "\ud800"]}))


def test_two_requests_share_nothing():
    body = put(b'{"tags": {"a": "b"}}')

    _, first = parse(body)
    _, second = parse(body)

    assert first == second == {"tags": {"a": "b"}}
    assert first["tags"] is not second["tags"]


@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    path=st.sampled_from([f"/{name}" for name in operation_names()] + ["/tags/x"]) | st.text(),
    query=st.dictionaries(
        st.sampled_from(["tagKeys", "imageArn", "componentBuildVersionArn"]) | st.text(),
        st.lists(st.text(), max_size=2),
    ),
    body=st.binary() | st.text(),
)
def test_any_request_is_read_or_refused(method, path, query, body):
    try:
        spec, params = parse(HttpRequest(method, path, query, body))
    except (InvalidRequestException, UnknownOperationException):
        return

    assert spec.name in operation_names()
    assert isinstance(params, dict)


# The name of a wrong form


@pytest.mark.parametrize(
    "wrong",
    [
        HttpRequest("GET", "/tags/x"),
        HttpRequest("POST", TAGS, body=b'{"tags": {"aws:a": "b"}}'),
        HttpRequest("DELETE", TAGS, query={"tagKeys": [""]}),
    ],
    ids=["ListTagsForResource", "TagResource", "UntagResource"],
)
def test_the_tagging_operations_have_a_name_of_their_own_for_a_wrong_form(wrong):
    with pytest.raises(InvalidParameterException):
        check(*parse(wrong))
