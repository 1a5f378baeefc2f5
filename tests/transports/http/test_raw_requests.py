"""HTTP without an AWS client: presigned URLs, hand-signed requests, beside ``responses``."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
import requests
import responses
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from responses import registries
from urllib3.connectionpool import HTTPConnectionPool

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.operations import HANDLERS
from tests.builders import DOCUMENT, OWN, a_component, an_infrastructure
from tests.clients import the_client
from tests.model_inputs import input_of, minimal, operation_names

HOST = "https://imagebuilder.us-east-1.amazonaws.com"
KEY = "AKIAIOSFODNN7EXAMPLE"

COMPONENT = {
    "name": "web",
    "semanticVersion": "1.0.0",
    "platform": "Linux",
    "data": DOCUMENT,
    "clientToken": "token-1",
}


class Refused(Exception):
    """What these tests put in the network's place."""


@pytest.fixture(autouse=True)
def refused_network(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise Refused

    monkeypatch.setattr(HTTPConnectionPool, "_make_request", refuse)


@pytest.fixture
def client(imagebuilder_mock):
    return imagebuilder_mock.client(region="us-east-1")


def signed(method, url, *, key=KEY, region="us-east-1", service="imagebuilder", body=b""):
    """The headers of a request signed by hand."""
    request: Any = AWSRequest(method, url, data=body)
    SigV4Auth(Credentials(key, "example"), service, region).add_auth(request)
    return dict(request.headers.items())


class TestPresignedUrls:
    @pytest.mark.parametrize("operation", sorted(set(HANDLERS) & set(operation_names())))
    def test_one_of_any_operation_is_answered_as_the_client_is(self, operation):
        """An operation whose input is in the body takes it from the body that is sent.

        Both worlds are empty, and both answers those of one call in one of them.
        """
        params = minimal(input_of(operation))
        client = the_client()
        method = _method(client, operation)
        with mock_imagebuilder() as mock:
            url = client.generate_presigned_url(method, Params=params)
            http = client.meta.service_model.operation_model(operation).http["method"]
            body = {
                name: value
                for name, value in params.items()
                if "location" not in input_of(operation).members[name].serialization
            }
            by_url = requests.request(http, url, data=json.dumps(body), timeout=1)
            [by_url_call] = mock.calls
        with mock_imagebuilder() as mock:
            refusal = refusal_of(client, method, params)
            [call] = mock.calls

        if refusal is None:
            assert by_url.status_code == 200
        else:
            assert by_url.headers["x-amzn-errortype"] == refusal["Code"]
            assert by_url.json() == {"message": refusal["Message"]}
        assert by_url_call.operation == call.operation == operation
        assert by_url_call.parameters == call.parameters

    def test_members_of_the_body_are_not_taken_from_the_query(self, client, imagebuilder_mock):
        url = client.generate_presigned_url("create_component", Params=COMPONENT)
        assert "name=web" in url

        answer = requests.put(url, json=COMPONENT | {"name": "other"}, timeout=1)

        assert answer.json()["componentBuildVersionArn"] == f"{OWN}component/other/1.0.0/1"

        refused = requests.put(url, timeout=1)

        assert refused.status_code == 400
        assert "'name' is required" in refused.json()["message"]
        assert len(imagebuilder_mock.resources()) == 1

    def test_what_belongs_in_the_query_is_taken_from_it(self, client):
        arn = a_component(client)
        url = client.generate_presigned_url(
            "get_component", Params={"componentBuildVersionArn": arn}
        )

        answer = requests.get(url, timeout=1)

        assert answer.json()["component"]["arn"] == arn
        assert answer.json()["requestId"] == answer.headers["x-amzn-requestid"]

    @pytest.mark.parametrize(
        ("region", "config"),
        [
            ("eu-west-1", Config()),
            ("us-gov-west-1", Config(use_fips_endpoint=True)),
            ("eu-west-1", Config(use_dualstack_endpoint=True)),
            ("cn-north-1", Config(use_dualstack_endpoint=True)),
        ],
        ids=["another Region", "FIPS", "dual-stack", "China"],
    )
    def test_one_of_any_endpoint_is_answered_in_its_region(self, region, config):
        with mock_imagebuilder() as mock:
            client = boto3.client("imagebuilder", region, config=config)
            arn = an_infrastructure(client)
            url = client.generate_presigned_url("list_infrastructure_configurations")

            listed = requests.post(url, timeout=1).json()["infrastructureConfigurationSummaryList"]

            assert [summary["arn"] for summary in listed] == [arn]
            assert f":{region}:" in arn
            assert mock.calls[-1].region == region

    def test_an_operation_that_is_not_built_raises(self, client, monkeypatch):
        monkeypatch.delitem(HANDLERS, "ListImages")
        url = client.generate_presigned_url("list_images")

        with pytest.raises(NotImplementedError, match="does not have ListImages yet"):
            requests.post(url, timeout=1)


class TestSignedByHand:
    def test_the_account_and_region_are_those_of_the_signature(self, imagebuilder_mock):
        key = imagebuilder_mock.credentials("111122223333")["aws_access_key_id"]
        url = f"{HOST}/CreateInfrastructureConfiguration"
        body = json.dumps({"name": "web", "instanceProfileName": "b", "clientToken": "1"})

        headers = signed("PUT", url, key=key, region="eu-west-1", body=body)
        answer = requests.put(url, data=body, headers=headers, timeout=1)

        assert answer.json()["infrastructureConfigurationArn"] == (
            "arn:aws:imagebuilder:eu-west-1:111122223333:infrastructure-configuration/web"
        )

    @pytest.mark.usefixtures("imagebuilder_mock")
    @pytest.mark.parametrize("url", ["https://gateway.invalid", "http://10.0.0.1:8080"])
    def test_a_signature_for_the_service_is_enough_at_any_host(self, url):
        headers = signed("POST", f"{url}/ListImages")

        answer = requests.post(f"{url}/ListImages", headers=headers, timeout=1)

        assert answer.json()["imageVersionList"] == []

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_an_unsigned_request_has_the_region_of_its_host(self):
        answer = requests.post(f"{HOST}/ListImages", timeout=1)

        assert (answer.status_code, answer.reason) == (200, "OK")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["imageVersionList"] == []

    @pytest.mark.usefixtures("imagebuilder_mock")
    @pytest.mark.parametrize(
        ("headers", "status", "code"),
        [
            ({"Authorization": "AWS4-HMAC-SHA256 x"}, 400, "IncompleteSignatureException"),
            (
                signed("POST", f"{HOST}/ListImages", service="s3"),
                403,
                "InvalidSignatureException",
            ),
        ],
        ids=["incomplete", "for another service"],
    )
    def test_a_wrong_signature_is_refused(self, headers, status, code):
        answer = requests.post(f"{HOST}/ListImages", headers=headers, timeout=1)

        assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (status, code)

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_a_request_that_no_operation_has_is_refused(self):
        answer = requests.get(f"{HOST}/NoSuchOperation", timeout=1)

        assert answer.status_code == 404
        assert answer.headers["x-amzn-errortype"] == "UnknownOperationException"

    @pytest.mark.usefixtures("imagebuilder_mock")
    @pytest.mark.parametrize("is_beside", [False, True], ids=["alone", "beside responses"])
    def test_head_has_no_body(self, is_beside):
        with responses.RequestsMock() if is_beside else nullcontext():
            answer = requests.head(f"{HOST}/ListImages", timeout=5)

        assert (answer.status_code, answer.content) == (404, b"")
        assert answer.headers["x-amzn-errortype"] == "UnknownOperationException"

    def test_an_arn_in_the_path(self, client):
        arn = an_infrastructure(client)
        quoted = arn.replace(":", "%3A").replace("/", "%2F")

        requests.post(f"{HOST}/tags/{quoted}", json={"tags": {"a": "b"}}, timeout=1)
        requests.post(f"{HOST}/tags/{quoted}", json={"tags": {"c": "d"}}, timeout=1)
        requests.delete(f"{HOST}/tags/{quoted}?tagKeys=a", timeout=1)

        tags = requests.get(f"{HOST}/tags/{quoted}", timeout=1).json()
        assert tags == {"tags": {"c": "d"}}


class TestLibraries:
    BODY = json.dumps(COMPONENT).encode()
    ARN = f"{OWN}component/web/1.0.0/1"

    @pytest.mark.usefixtures("imagebuilder_mock")
    @pytest.mark.parametrize(
        "body",
        [
            BODY,
            BODY.decode(),
            io.BytesIO(BODY),
            io.StringIO(BODY.decode()),
            iter([BODY[:9], BODY[9:]]),
        ],
        ids=["bytes", "text", "file", "text file", "pieces"],
    )
    def test_urllib3_with_a_body_of_any_kind(self, body):
        answer = urllib3.PoolManager().request("PUT", f"{HOST}/CreateComponent", body=body)

        assert answer.status == 200
        assert json.loads(answer.data)["componentBuildVersionArn"] == self.ARN

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_requests_with_a_body_in_pieces(self):
        pieces = iter([self.BODY[:9], self.BODY[9:]])

        answer = requests.put(f"{HOST}/CreateComponent", data=pieces, timeout=1)

        assert answer.json()["componentBuildVersionArn"] == self.ARN

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_a_streamed_answer_of_requests(self):
        with requests.post(f"{HOST}/ListImages", timeout=1, stream=True) as answer:
            assert json.loads(b"".join(answer.iter_content(7)))["imageVersionList"] == []

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_requests_by_a_proxy(self):
        """http goes to a proxy as a whole URL, https through a tunnel."""
        proxies = {"http": "http://proxy.invalid:3128", "https": "http://proxy.invalid:3128"}

        for scheme in ("http", "https"):
            url = HOST.replace("https", scheme)
            answer = requests.post(f"{url}/ListImages", proxies=proxies, timeout=1)
            assert answer.json()["imageVersionList"] == []

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_botocores_own_http_session(self):
        url = f"{HOST}/ListImages"
        request: Any = AWSRequest("POST", url, headers=signed("POST", url)).prepare()

        assert json.loads(URLLib3Session().send(request).content)["imageVersionList"] == []

    @pytest.mark.parametrize("library", ["requests", "responses"])
    def test_one_that_is_imported_after_the_mock_was_switched_on(self, library):
        program = f"""
import sys
from imagebuilder_mock import mock_imagebuilder

finders = list(sys.meta_path)
with mock_imagebuilder():
    assert "requests" not in sys.modules and "responses" not in sys.modules
    import {library}, requests
    if "{library}" == "responses":
        responses.start()
    answer = requests.post("{HOST}/ListImages", timeout=1)
    assert answer.json()["imageVersionList"] == []
    with mock_imagebuilder():
        requests.post("{HOST}/ListImages", timeout=1).raise_for_status()
if "{library}" == "responses":
    responses.stop()
    assert "imagebuilder" not in responses.RequestsMock._find_match.__module__
    assert type(responses.__spec__.loader).__name__ == "SourceFileLoader"
assert [finder for finder in sys.meta_path if "imagebuilder" in type(finder).__module__] == []
assert "imagebuilder" not in __import__("urllib3").HTTPConnectionPool.urlopen.__module__
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

    def test_none_is_loaded_for_their_sake(self):
        program = """
import sys
from imagebuilder_mock import mock_imagebuilder
with mock_imagebuilder() as mock:
    mock.client().list_images()
loaded = {"requests", "responses", "werkzeug", "aiobotocore", "aiohttp"} & set(sys.modules)
assert not loaded, loaded
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


class TestOthers:
    @pytest.mark.usefixtures("imagebuilder_mock")
    @pytest.mark.parametrize(
        ("url", "headers"),
        [
            ("https://example.com/ListImages", {}),
            ("https://ec2.us-east-1.amazonaws.com/", {}),
            ("https://example.com/?about=imagebuilder", {}),
            ("https://example.com/", {"Authorization": "AWS4-HMAC-SHA256 imagebuilder"}),
            ("https://imagebuilder.example.com/", {}),
            (
                "https://s3.us-east-1.amazonaws.com/imagebuilder",
                signed("GET", "https://s3.us-east-1.amazonaws.com/imagebuilder", service="s3"),
            ),
        ],
    )
    def test_other_hosts_are_left_alone(self, url, headers):
        with pytest.raises(Refused):
            requests.get(url, headers=headers, timeout=1)

    def test_off_means_off(self):
        before = HTTPConnectionPool.urlopen, responses.RequestsMock._find_match, list(sys.meta_path)
        with mock_imagebuilder():
            pass

        after = HTTPConnectionPool.urlopen, responses.RequestsMock._find_match, list(sys.meta_path)
        assert after == before
        with pytest.raises(Refused):
            requests.post(f"{HOST}/ListImages", timeout=1)


def register(mock):
    mock.add(responses.GET, "https://example.com/", json={"mine": True})


def both_are_answered(mock):
    assert requests.get("https://example.com/", timeout=1).json() == {"mine": True}
    assert requests.post(f"{HOST}/ListImages", timeout=1).json()["imageVersionList"] == []
    with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
        requests.get("https://example.org/", timeout=1)
    assert [call.request.url for call in mock.calls] == [
        "https://example.com/",
        f"{HOST}/ListImages",
        "https://example.org/",
    ]


class TestBesideResponses:
    def test_the_users_mock_inside_ours(self):
        with mock_imagebuilder(), responses.RequestsMock() as mock:
            register(mock)
            both_are_answered(mock)

    def test_the_users_mock_round_ours(self):
        with responses.RequestsMock() as mock:
            register(mock)
            with mock_imagebuilder():
                both_are_answered(mock)
            with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
                requests.post(f"{HOST}/ListImages", timeout=1)

    @pytest.mark.parametrize("ours_first", [True, False])
    def test_crossed_starts_and_stops_leave_nothing(self, ours_first):
        send = requests.adapters.HTTPAdapter.send
        ours, theirs = mock_imagebuilder(), responses.RequestsMock()
        first, second = (ours, theirs) if ours_first else (theirs, ours)
        first.start()
        second.start()
        register(theirs)
        both_are_answered(theirs)
        first.stop()
        second.stop()

        assert requests.adapters.HTTPAdapter.send is send
        for url in (f"{HOST}/ListImages", "https://example.com/"):
            with pytest.raises(Refused):
                requests.post(url, timeout=1)

    def test_the_decorators_together(self):
        @responses.activate
        @mock_imagebuilder
        def inside():
            register(responses)
            both_are_answered(responses)

        @mock_imagebuilder
        @responses.activate
        def outside():
            register(responses)
            both_are_answered(responses)

        inside()
        outside()

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_what_the_user_registered_for_image_builder_comes_first(self):
        with responses.RequestsMock() as mock:
            mock.add(responses.POST, f"{HOST}/ListImages", status=503)

            assert requests.post(f"{HOST}/ListImages", timeout=1).status_code == 503
            assert requests.post(f"{HOST}/ListComponents", timeout=1).status_code == 200

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_what_the_user_lets_through_is_answered_here(self):
        with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
            mock.add_passthru("https://")
            mock.add(responses.PassthroughResponse(responses.POST, f"{HOST}/ListComponents"))

            for operation in ("ListImages", "ListComponents"):
                assert requests.post(f"{HOST}/{operation}", timeout=1).status_code == 200

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_a_registry_that_wants_an_order_does_not_see_what_is_not_its(self):
        with responses.RequestsMock(registry=registries.OrderedRegistry) as mock:
            mock.add(responses.GET, "https://example.com/1")
            mock.add(responses.GET, "https://example.com/2")

            for url in ("https://example.com/1", f"{HOST}/ListImages", "https://example.com/2"):
                method = "POST" if url.startswith(HOST) else "GET"
                assert requests.request(method, url, timeout=1).status_code == 200

    @pytest.mark.usefixtures("imagebuilder_mock")
    def test_an_error_raised_here_is_seen_there(self, monkeypatch):
        monkeypatch.delitem(HANDLERS, "ListImages")
        with responses.RequestsMock() as mock:
            with pytest.raises(NotImplementedError):
                requests.post(f"{HOST}/ListImages", timeout=1)

            assert isinstance(mock.calls[0].response, NotImplementedError)

    @pytest.mark.needs("moto")
    @pytest.mark.parametrize("ours_first", [True, False])
    def test_moto_has_no_image_builder_and_does_not_answer_for_it(self, ours_first):
        from moto import mock_aws

        ours, motos = mock_imagebuilder(), mock_aws()
        first, second = (ours, motos) if ours_first else (motos, ours)
        with first, second:
            for host in (HOST, "https://imagebuilder.us-east-1.api.aws"):
                answer = requests.post(f"{host}/ListImages", timeout=1)
                assert answer.json()["imageVersionList"] == []
            sts = requests.get(
                boto3.client("sts", "us-east-1").generate_presigned_url("get_caller_identity"),
                timeout=1,
            )
            assert "123456789012" in sts.text


def refusal_of(client, method, params):
    try:
        getattr(client, method)(**params)
    except client.exceptions.ClientError as error:
        return error.response["Error"]
    return None


def _method(client, operation):
    [method] = [
        name for name, known in client.meta.method_to_api_mapping.items() if known == operation
    ]
    return method
