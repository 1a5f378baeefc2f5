"""Fault rules about connections, for programs that use no AWS client."""

from __future__ import annotations

from itertools import product

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

requests = pytest.importorskip("requests")
responses = pytest.importorskip("responses")

URL = "https://imagebuilder.us-east-1.amazonaws.com/ListImages"
CASES = {
    ConnectTimeoutError: requests.exceptions.ConnectTimeout,
    ReadTimeoutError: requests.exceptions.ReadTimeout,
    EndpointConnectionError: requests.exceptions.ConnectionError,
    ConnectionClosedError: requests.exceptions.ConnectionError,
}


def the_list(*, beside_responses):
    if not beside_responses:
        return requests.post(URL, json={}, timeout=5)
    with responses.RequestsMock(assert_all_requests_are_fired=False):
        return requests.post(URL, json={}, timeout=5)


@pytest.mark.parametrize(("error", "beside"), list(product(CASES, [False, True])))
def test_a_lost_request_is_the_exception_that_requests_has_for_it(imagebuilder_mock, error, beside):
    imagebuilder_mock.faults.add("ListImages", error=error)

    with pytest.raises(CASES[error]):
        the_list(beside_responses=beside)

    assert the_list(beside_responses=beside).json()["imageVersionList"] == []
