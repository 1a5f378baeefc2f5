"""The page of a server: what it shows, that it moves nothing, and who may open it."""

from __future__ import annotations

import boto3
import pytest
import requests

from imagebuilder_mock import current_mock, imagebuilder_server
from tests.builders import OWN, a_build, a_full_recipe

pytestmark = pytest.mark.needs("werkzeug")

_LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
_REFRESH = '<meta http-equiv="refresh"'


@pytest.fixture
def look():
    with imagebuilder_server() as url:

        def look(headers=None, **query):
            address = f"{url}/_imagebuilder_mock/ui"
            return requests.get(address, params=query, headers=headers, timeout=10)

        yield look


@pytest.fixture
def client():
    return boto3.client("imagebuilder", "us-east-1")


def test_it_shows_resources_builds_calls_and_events(look, client):
    build = a_build(client, imageRecipeArn=a_full_recipe(client, name="web"))
    client.get_image(imageBuildVersionArn=build)
    with pytest.raises(client.exceptions.ClientError):
        client.get_image(imageBuildVersionArn=f"{OWN}image/web/1.0.0/9")

    page = look().text

    for heading in ("Builds (1)", "Resources (3)", "Calls (6)"):
        assert f"<h2>{heading}</h2>" in page
    for text in ("web/1.0.0/1", "ImageRecipe", "GetImage", "ResourceNotFoundException"):
        assert text in page
    assert "EC2 Image Builder Image State Change" in page


def test_looks_move_no_build_and_are_no_calls(look, client):
    build = a_build(client)
    before = current_mock().builds.timeline(build).rows

    for _ in range(3):
        assert "PENDING" in look().text
        assert "PENDING" in look(build=build).text

    assert current_mock().builds.timeline(build).rows == before
    assert current_mock().calls.count("GetImage") == 0


def test_it_is_loaded_again_as_long_as_a_build_runs(look, client):
    assert _REFRESH not in look().text
    build = a_build(client)
    assert _REFRESH in look().text
    assert _REFRESH in look(build=build).text

    current_mock().builds.finish_all()

    assert _REFRESH not in look().text
    assert _REFRESH not in look(build=build).text


def test_a_build_has_its_timeline(look, client):
    build = a_build(client, imageRecipeArn=a_full_recipe(client, name="web"))
    current_mock().builds.finish_all()

    page = look(build=build).text

    assert "<h1>Build web/1.0.0/1</h1>" in page
    assert "ApplyBuildComponents" in page


def test_a_build_that_is_not_there_is_named_and_escaped(look):
    assert "There is no build &lt;script&gt;, or it is deleted." in look(build="<script>").text


def test_a_browser_lets_it_load_run_and_embed_nothing(look):
    policy = look().headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert look().headers["content-type"] == "text/html; charset=utf-8"


def test_a_link_opens_it_and_another_page_does_not_read_it(look):
    assert look(headers=_LINK).status_code == 200
    assert look(headers={**_LINK, "Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert look(headers={"Origin": "http://example.com"}).status_code == 403
    assert look(headers={"Host": "example.com"}).status_code == 403


def test_of_many_calls_the_newest_are_shown(look, client):
    for number in range(101):
        client.list_images(maxResults=number % 25 + 1)

    page = look().text

    assert "<h2>Calls (101, the newest 100)</h2>" in page
    assert page.count("ListImages") == 100
