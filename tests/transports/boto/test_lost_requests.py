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
from urllib3.util import Retry

requests = pytest.importorskip("requests")
HTTPAdapter = requests.adapters.HTTPAdapter
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


def a_session(**options):
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(allowed_methods=None, **options)))
    return session


class TestRetries:
    """By urllib3's own rules, as a program asks for them."""

    @pytest.mark.parametrize("error", ["ServiceUnavailableException", *CASES])
    def test_a_request_is_tried_again(self, imagebuilder_mock, error):
        session = a_session(total=2, status_forcelist=[503], backoff_factor=30)
        imagebuilder_mock.faults.add("ListImages", error=error, times=2)
        before = imagebuilder_mock.clock.now()

        assert session.post(URL, json={}, timeout=5).status_code == 200
        assert imagebuilder_mock.calls.count("ListImages") == 3
        assert (imagebuilder_mock.clock.now() - before).total_seconds() >= 60

    def test_it_gives_up_after_the_last_attempt(self, imagebuilder_mock):
        imagebuilder_mock.faults.add("ListImages", error="ServiceUnavailableException", times=None)

        with pytest.raises(requests.exceptions.RetryError):
            a_session(total=1, status_forcelist=[503]).post(URL, json={}, timeout=5)
        answer = a_session(total=1, status_forcelist=[503], raise_on_status=False).post(
            URL, json={}, timeout=5
        )

        assert answer.status_code == 503
        assert imagebuilder_mock.calls.count("ListImages") == 4

    def test_without_being_asked_nothing_is_tried_again(self, imagebuilder_mock):
        imagebuilder_mock.faults.add("ListImages", error="ServiceUnavailableException")

        assert requests.post(URL, json={}, timeout=5).status_code == 503
