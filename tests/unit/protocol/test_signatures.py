"""What a signature says of who asks, where, and for what."""

from __future__ import annotations

import pytest

from imagebuilder_mock.protocol.signatures import (
    IncompleteSignatureException,
    InvalidSignatureException,
    Scope,
    checked_region,
    scope_of,
)

SCOPE = Scope("AKIAIOSFODNN7EXAMPLE", "eu-west-1", "imagebuilder")
CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/imagebuilder/aws4_request"


@pytest.mark.parametrize(
    ("authorization", "query"),
    [
        (
            f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host, Signature=0a",
            {},
        ),
        (f"AWS4-HMAC-SHA256 SignedHeaders=host,Credential={CREDENTIAL},Signature=0a", {}),
        (None, {"X-Amz-Credential": [CREDENTIAL]}),
        ("Bearer token", {"X-Amz-Credential": ["wrong", CREDENTIAL]}),
    ],
    ids=["header", "another order", "presigned", "presigned, with another header"],
)
def test_the_scope_is_in_the_header_or_in_the_query(authorization, query):
    assert scope_of(authorization, query) == SCOPE


def test_a_signature_of_version_4a_has_no_region():
    scope = scope_of("AWS4-ECDSA-P256-SHA256 Credential=KEY/20260101/imagebuilder/aws4_request", {})

    assert scope == Scope("KEY", None, "imagebuilder")
    assert checked_region(scope) is None


def test_an_access_key_may_hold_slashes():
    scope = scope_of(None, {"X-Amz-Credential": [f"a/b/{CREDENTIAL}"]})

    assert scope is not None
    assert scope.access_key == "a/b/AKIAIOSFODNN7EXAMPLE"
    assert scope.region == "eu-west-1"


@pytest.mark.parametrize("authorization", [None, "", "Basic eDp5", "AWS AKID:signature"])
def test_without_a_signature_there_is_no_scope(authorization):
    assert scope_of(authorization, {"maxResults": ["5"]}) is None


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0a",
        "AWS4-HMAC-SHA256 Credential=, Signature=0a",
        "AWS4-HMAC-SHA256 Credential=KEY, Signature=0a",
        "AWS4-HMAC-SHA256 Credential=imagebuilder/aws4_request, Signature=0a",
        "AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/imagebuilder/aws3, Signature=0a",
    ],
)
def test_a_signature_without_a_scope_is_refused(authorization):
    with pytest.raises(IncompleteSignatureException):
        scope_of(authorization, {})


def test_a_scope_of_the_service_has_a_region():
    assert checked_region(SCOPE) == "eu-west-1"


def test_a_scope_of_another_service_is_refused():
    with pytest.raises(InvalidSignatureException) as caught:
        checked_region(Scope("KEY", "eu-west-1", "s3"))

    assert caught.value.message == "Credential should be scoped to correct service: 'imagebuilder'."


@pytest.mark.parametrize("region", ["", "EU", "eu west", "a" * 64, "\u00e9"])
def test_a_scope_that_names_no_region_is_refused(region):
    with pytest.raises(InvalidSignatureException, match="valid region"):
        checked_region(Scope("KEY", region, "imagebuilder"))
