"""The AWS SDK for JavaScript on Node.js, which nobody here wrote, against the server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from imagebuilder_mock import current_mock, imagebuilder_server
from tests.builders import DOCUMENT, an_infrastructure
from tests.model import needs_error

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / ".venv" / "javascript"
STORY = Path(__file__).parent / "javascript" / "story.mjs"
CONTROL = STORY.with_name("control.mjs")
OWN = "arn:aws:imagebuilder:eu-west-1:123456789012:"

pytestmark = [
    pytest.mark.needs("werkzeug"),
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here"),
    pytest.mark.skipif(
        not (INSTALLED / "node_modules" / "@aws-sdk").is_dir(),
        reason="no AWS SDK in .venv/javascript: make test puts it there, where there is npm",
    ),
]


@pytest.fixture(scope="module")
def seen():
    """What the program saw, and which resources it left."""
    with imagebuilder_server() as url:
        done = subprocess.run(
            ["node", STORY, INSTALLED, url, DOCUMENT],  # noqa: S607 - which node is the machine's business
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        resources = [resource.arn for resource in current_mock().resources()]
    return json.loads(done.stdout) | {"resources": resources}


_BLOCK = re.compile(r"^```javascript\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_documentation_run(tmp_path):
    """As a test framework would run them, of which they have ``beforeEach``."""
    client, reset = _BLOCK.findall((ROOT / "docs" / "transports.md").read_text(encoding="utf-8"))
    program = tmp_path / "example.mjs"
    program.write_text(
        f"{client}\n"
        "const endpoint = process.env.AWS_ENDPOINT_URL_IMAGEBUILDER;\n"
        "let answer;\n"
        "const beforeEach = (step) => { answer = step(); };\n"
        f"{reset}\n"
        "console.log(JSON.stringify([imageVersionList, (await answer).status]));\n",
        encoding="utf-8",
    )
    (tmp_path / "node_modules").symlink_to(INSTALLED / "node_modules")
    with imagebuilder_server() as url:
        an_infrastructure(current_mock().client())
        environment = {
            "AWS_ENDPOINT_URL_IMAGEBUILDER": url,
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
        }
        done = subprocess.run(
            ["node", program],  # noqa: S607 - which node is the machine's business
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        left = current_mock().resources()

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], 200]
    assert left == []


def test_what_it_made_is_there(seen):
    assert seen["component"] == f"{OWN}component/web/1.0.0/1"
    assert seen["component"] in seen["resources"]
    assert seen["tags"] == {"team": "a", "a:b": "c/d"}


def test_an_answer_has_its_metadata(seen):
    in_the_body, in_the_header = seen["requestId"]

    assert in_the_body == in_the_header
    assert seen["status"] == 200


def test_its_paginator_goes_through_all_pages(seen):
    assert seen["pages"] == [
        ["web-0", "web-1", "web-2"],
        ["web-3", "web-4", "web-5"],
        ["web-6"],
    ]


def test_an_error_is_of_its_class_with_its_status(seen):
    message = seen["missing"].pop("message")

    assert f"'{OWN}image/none/1.0.0/1'" in message
    assert seen["missing"] == {
        "name": "ResourceNotFoundException",
        "isTyped": True,
        "isOfTheService": True,
        "status": 404,
        "hasRequestId": True,
        "fault": "client",
    }


def test_requests_at_once_with_tokens_used_twice(seen):
    """Ten tokens for twenty configurations: the first of each is made, the second refused."""
    assert seen["made"] == 10
    assert seen["refused"] == ["IdempotentParameterMismatchException"]


def test_a_time_is_a_date(seen):
    assert seen["date"] == {"isDate": True, "isNow": True}


@needs_error("TooManyRequestsException")
def test_a_test_in_javascript_controls_builds_faults_and_previews():
    with imagebuilder_server(builds="held") as url:
        done = subprocess.run(
            ["node", CONTROL, INSTALLED, url],  # noqa: S607 - which node is the machine's business
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "held": ["PENDING", "PENDING"],
        "advanced": "CREATING",
        "completed": "AVAILABLE",
        "failed": ["FAILED", True],
        "failedStep": "ApplyBuildComponents",
        "retried": [3, 1],
        "throttled": [3, 429],
        "calls": [*["TooManyRequestsException"] * 2, None, *["429"] * 3],
        "preview": [
            ["FAILED", "DELETE", "The image is FAILED."],
            ["AVAILABLE", "DELETE", "The image is 6 months old or older."],
        ],
        "still": "AVAILABLE",
        "mistake": "LookupError: 'web' is not an image build version ARN. Builds under way: none.",
    }
