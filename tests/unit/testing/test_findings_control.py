"""``mock.findings``: scan results in the test's hands."""

from __future__ import annotations

import pytest

from tests.builders import OWN, a_build
from tests.model import needs_member

pytestmark = pytest.mark.imagebuilder(builds="held")

SCANNING = {"imageScanningEnabled": True}


@pytest.fixture
def scanned(imagebuilder):
    return a_build(imagebuilder, imageScanningConfiguration=SCANNING)


def findings(client):
    return client.list_image_scan_findings()["findings"]


def test_packages_are_those_that_the_test_gives(imagebuilder, imagebuilder_mock, scanned):
    imagebuilder_mock.findings.set_packages(scanned, [("web", "2.0"), ("app", "1.0")])

    found = imagebuilder.list_image_packages(imageBuildVersionArn=scanned)
    assert found["imagePackageList"] == [
        {"packageName": "web", "packageVersion": "2.0"},
        {"packageName": "app", "packageVersion": "1.0"},
    ]


def test_the_scan_finds_what_is_known_of_the_packages(imagebuilder, imagebuilder_mock, scanned):
    imagebuilder_mock.findings.set_packages(scanned, [("runc", "1.1.11-1"), ("web", "2.0")])

    imagebuilder_mock.builds.complete(scanned)

    [finding] = findings(imagebuilder)
    assert finding["title"] == "CVE-2024-21626 - runc"


@pytest.mark.parametrize("packages", [["openssl"], [("openssl",)], [("openssl", 3)]])
def test_a_package_is_a_name_and_a_version(imagebuilder_mock, scanned, packages):
    with pytest.raises(ValueError, match="give a name and a version"):
        imagebuilder_mock.findings.set_packages(scanned, packages)


@pytest.mark.parametrize("name", ["vulnerability_id", "package", "version", "description"])
def test_the_texts_of_a_finding_are_strings(imagebuilder, imagebuilder_mock, scanned, name):
    finding = {"vulnerability_id": "CVE-2026-1", "severity": "LOW", name: None}

    with pytest.raises(TypeError, match=f"{name}=None: give a string"):
        imagebuilder_mock.findings.add(scanned, **finding)
    assert findings(imagebuilder) == []


def test_the_reason_of_an_end_is_a_string(imagebuilder_mock, scanned):
    with pytest.raises(TypeError, match="reason=5: give a string"):
        imagebuilder_mock.findings.end_scan(scanned, "FAILED", reason=5)


def test_a_finding_is_there_at_once(imagebuilder, imagebuilder_mock, scanned):
    imagebuilder_mock.findings.add(
        scanned,
        vulnerability_id="CVE-2026-1",
        severity="CRITICAL",
        package="web",
        version="2.0",
        fixed_in="2.1",
        score=9.9,
    )
    imagebuilder_mock.findings.add(scanned, vulnerability_id="CVE-2026-2", severity="LOW")

    first, second = findings(imagebuilder)
    assert first["inspectorScore"] == 9.9
    assert first["fixAvailable"] == "YES"
    assert first["packageVulnerabilityDetails"]["vulnerablePackages"] == [
        {
            "name": "web",
            "version": "2.0",
            "arch": "X86_64",
            "packageManager": "OS",
            "fixedInVersion": "2.1",
            "remediation": "yum update web",
        }
    ]
    assert "inspectorScore" not in second
    assert second["packageVulnerabilityDetails"]["vulnerabilityId"] == "CVE-2026-2"
    [response] = imagebuilder.list_image_scan_finding_aggregations()["responses"]
    assert response["accountAggregation"]["severityCounts"] == {
        "all": 2,
        "critical": 1,
        "high": 0,
        "medium": 0,
    }


def test_a_severity_is_one_of_inspectors(imagebuilder_mock, scanned):
    with pytest.raises(ValueError, match="choose one of UNTRIAGED"):
        imagebuilder_mock.findings.add(scanned, vulnerability_id="CVE-2026-1", severity="BAD")


@pytest.mark.parametrize("score", ["high", 10.1, -1, True])
def test_a_score_is_one_of_cvss(imagebuilder_mock, scanned, score):
    finding = {"vulnerability_id": "CVE-2026-1", "severity": "LOW", "score": score}

    with pytest.raises(ValueError, match=r"score=.*: give a number from 0 to 10\."):
        imagebuilder_mock.findings.add(scanned, **finding)


def test_an_image_can_be_without_findings(imagebuilder, imagebuilder_mock, scanned):
    imagebuilder_mock.findings.add(scanned, vulnerability_id="CVE-2026-1", severity="LOW")

    imagebuilder_mock.findings.clear(scanned)
    imagebuilder_mock.builds.complete(scanned)

    assert findings(imagebuilder) == []
    image = imagebuilder.get_image(imageBuildVersionArn=scanned)["image"]
    assert image["scanState"] == {"status": "COMPLETED"}


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT"])
def test_a_scan_can_end_badly(imagebuilder, imagebuilder_mock, scanned, status):
    imagebuilder_mock.findings.end_scan(scanned, status, reason="The instance went away.")
    imagebuilder_mock.builds.complete(scanned)

    image = imagebuilder.get_image(imageBuildVersionArn=scanned)["image"]
    assert image["state"] == {"status": "AVAILABLE"}
    assert image["scanState"] == {"status": status, "reason": "The instance went away."}
    assert findings(imagebuilder) == []


def test_a_scan_ends_badly_in_two_ways_only(imagebuilder_mock, scanned):
    with pytest.raises(ValueError, match="choose one of FAILED, TIMED_OUT"):
        imagebuilder_mock.findings.end_scan(scanned, "COMPLETED")


def test_an_image_without_scan_has_no_findings_to_add(imagebuilder, imagebuilder_mock):
    build = a_build(imagebuilder)

    with pytest.raises(ValueError, match="imageScanningEnabled"):
        imagebuilder_mock.findings.add(build, vulnerability_id="CVE-2026-1", severity="LOW")


@pytest.mark.parametrize(
    "arn", [f"{OWN}image/gone/1.0.0/1", OWN.replace("us-east-1", "eu-west-1"), "web"]
)
def test_an_image_that_is_not_there_is_named_with_those_that_are(imagebuilder_mock, scanned, arn):
    with pytest.raises(LookupError, match=scanned):
        imagebuilder_mock.findings.clear(arn)


@needs_member("CreateImage", "imageScanningConfiguration.imageScanningTypes")
class TestOnDemand:
    @pytest.fixture
    def gated(self, imagebuilder):
        return a_build(
            imagebuilder,
            imageScanningConfiguration={
                **SCANNING,
                "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
                "scanResultCondition": {"maximumSeverityLabel": "MEDIUM", "fixAvailable": False},
            },
        )

    def test_a_finding_can_fail_the_build(self, imagebuilder, imagebuilder_mock, gated):
        imagebuilder_mock.findings.clear(gated)
        imagebuilder_mock.findings.add(gated, vulnerability_id="CVE-2026-1", severity="HIGH")

        imagebuilder_mock.builds.complete(gated)

        image = imagebuilder.get_image(imageBuildVersionArn=gated)["image"]
        assert image["state"]["status"] == "FAILED"
        assert "'CVE-2026-1'" in image["state"]["reason"]
        assert findings(imagebuilder) == []

    def test_a_cleared_build_passes(self, imagebuilder, imagebuilder_mock, gated):
        imagebuilder_mock.findings.add(gated, vulnerability_id="CVE-2026-1", severity="HIGH")
        imagebuilder_mock.findings.clear(gated)

        imagebuilder_mock.builds.complete(gated)

        image = imagebuilder.get_image(imageBuildVersionArn=gated)["image"]
        assert image["state"] == {"status": "AVAILABLE"}
