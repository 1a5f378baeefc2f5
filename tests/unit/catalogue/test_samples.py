"""Sample packages and what is known of their vulnerabilities."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from tests.builders import a_build, a_recipe


def records(name):
    text = files("imagebuilder_mock.catalogue").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return json.loads(text)


@pytest.mark.parametrize("name", ["packages.json", "findings.json"])
def test_a_file_says_that_it_has_samples(name):
    assert records(name)["source"].startswith("Samples: ")


def test_a_vulnerability_affects_only_packages_that_there_are():
    packages = records("packages.json")
    installed = {
        tuple(package)
        for group in (
            *(system["packages"] for system in packages["systems"]),
            *packages["components"].values(),
        )
        for package in group
    }

    assert {
        (affected["package"], affected["version"])
        for vulnerability in records("findings.json")["vulnerabilities"]
        for affected in vulnerability["affected"]
    } <= installed


@pytest.mark.imagebuilder(builds="instant")
@pytest.mark.parametrize(
    ("platform", "package"),
    [("Linux", "amazon-linux-repo-s3"), ("Windows", "AWS PV Drivers"), ("macOS", "ec2-macos-init")],
)
def test_a_base_that_is_not_known_is_taken_for_the_platforms_usual_one(
    imagebuilder_mock, platform, package
):
    from imagebuilder_mock.catalogue.samples import sample_packages

    client = imagebuilder_mock.client()
    recipe = a_recipe(client, parentImage="ami-0123456789abcdef0")
    arn = a_build(client, imageRecipeArn=recipe)
    [image] = [each for each in imagebuilder_mock.resources() if each.arn == arn]
    image.platform = platform

    assert package in dict(sample_packages(image))
