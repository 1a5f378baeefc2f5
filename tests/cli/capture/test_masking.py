"""Names that are masked: all of them, wherever they stand, and no other word."""

from __future__ import annotations

import pytest

from imagebuilder_mock.cli.capture.masking import masked_accounts, masked_names

NAMES = [
    ("component", "web"),
    ("image-recipe", "Web Server"),
    ("image-pipeline", "web-nightly"),
    ("workflow/build", "task"),
]
OWN = "arn:aws:imagebuilder:us-east-1:999988887777:"
AMAZON = "arn:aws:imagebuilder:us-east-1:aws:"


def masked(text, names=NAMES):
    return masked_names({"name": text}, names)["name"]


@pytest.mark.parametrize(
    "text",
    [
        "A webhook of the cobweb",
        "web2 and 2web",
        "A wéb, a webé",
        "Webserver",
        "nightly",
        "ta\N{LATIN SMALL LETTER LONG S}k",
    ],
)
def test_a_longer_word_that_contains_a_name_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A task for web, only", "A build-4 for component-1, only"),
        ("WEB of the web.", "component-1 of the component-1."),
        ("web-{{ imagebuilder:buildDate }}", "component-1-{{ imagebuilder:buildDate }}"),
        ("s3://logs/web_2026/my-web", "s3://logs/component-1_2026/my-component-1"),
        ("web-nightly-2", "image-pipeline-3-2"),
        ("the web server, web-server, Web_Server", "the " + ", ".join(["image-recipe-2"] * 3)),
        (f"{OWN}image/web-server/1.0.0/1", f"{OWN}image/image-recipe-2/1.0.0/1"),
        (
            "arn:aws:iam::999988887777:role/web-role",
            "arn:aws:iam::999988887777:role/component-1-role",
        ),
    ],
)
def test_a_name_is_masked_however_it_is_written_and_in_names_made_of_it(text, expected):
    assert masked(text) == expected


@pytest.mark.parametrize("name", ["aws", "imagebuilder", "us-east-1", "workflow", "build", "image"])
def test_what_an_arn_says_before_the_name_stays(name):
    arns = [f"{OWN}workflow/build/web/1.0.0/1", f"{OWN}image/web/1.0.0", "arn:aws:sns:us-east-1::x"]

    assert [masked(arn, [("component", name)]) for arn in arns] == arns


def test_what_is_amazons_keeps_its_name():
    arn = f"{AMAZON}component/update-linux/x.x.x"
    names = [("component", "update-linux"), ("component", "x-x")]

    assert masked(f"{arn} or update-linux", names) == f"{arn} or component-1"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ami", "ami-0baf3897a3e70f16a"),
        ("subnet", "subnet-0baf3897"),
        ("2026", "2026-11-30T01:57:22.588000+00:00"),
        ("2026", "2026.1.0"),
    ],
)
def test_ids_times_and_versions_are_no_names(name, text):
    assert masked(text, [("component", name)]) == text


def test_members_and_words_of_the_file_and_of_aws_stay():
    json = {
        "format": "imagebuilder_mock state",
        "state": {"status": "AVAILABLE"},
        "class": "Image",
        "kind": "image",
        "type": "AMI",
        "build_type": "USER_INITIATED",
        "os_version": "Amazon Linux 2",
        "schedule": {"scheduleExpression": "rate(1 day)", "timezone": "Europe/Paris"},
        "action": "run-pipeline",
        "tags": {"state": "day"},
        "amiTags": {"state": "day"},
        "document": "day: pipeline",
        "dockerfile_template_data": "RUN true",
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeType": "gp3"}}],
        "instance_metadata_options": {"httpTokens": "required"},
    }
    words = ["state", "mock", "available", "image", "ami", "user", "linux", "day", "rate", "paris"]
    words += ["run", "pipeline", "dev", "gp3", "required", "true"]

    assert masked_names(json, [("component", word) for word in words]) == json


def test_no_two_accounts_get_one_mask():
    """Also where the mask of the caller's own is one of the numbers that others get."""
    json = {"own": OWN, "others": ["111122223333", "444455556666", "111122223333"]}

    masked_json = masked_accounts(json, "999988887777", "000000000001")

    assert masked_json["own"] == OWN.replace("999988887777", "000000000001")
    assert masked_json["others"] == ["000000000002", "000000000003", "000000000002"]


def test_without_names_nothing_changes():
    assert masked("web", []) == "web"
