"""What scans find, and the counts of it."""

from __future__ import annotations

import pytest

from tests.builders import (
    AMAZON,
    MANAGED_COMPONENT,
    OWN,
    WINDOWS_PARENT,
    a_build,
    a_pipeline,
    a_recipe,
)
from tests.container_builders import a_container_build
from tests.refusals import invalid_value
from tests.scans import (
    HELLO,
    SCANNING,
    a_scanned_build,
    an_unpatched_recipe,
    findings,
    look,
    watched,
)

GONE = f"{OWN}image/gone/1.0.0/1"


def ids(found):
    return [finding["packageVulnerabilityDetails"]["vulnerabilityId"] for finding in found]


def counts(client, **filters):
    """The one aggregation: its type, what it holds."""
    given = [{"name": name, "values": [value]} for name, value in filters.items()]
    params = {"filter": given[0]} if given else {}
    result = client.list_image_scan_finding_aggregations(**params)
    return result["aggregationType"], result["responses"]


class TestFindings:
    """Source: API reference, ListImageScanFindings."""

    def test_they_are_those_of_the_packages_of_the_base_image(self, imagebuilder):
        build = a_scanned_build(imagebuilder)
        watched(imagebuilder, build)

        found = findings(imagebuilder)

        assert ids(found) == [
            "CVE-2023-38545",
            "CVE-2024-6387",
            "CVE-2023-4911",
            "CVE-2023-48795",
            "CVE-2024-25062",
            "CVE-2024-28085",
        ]
        assert {finding["type"] for finding in found} == {"PACKAGE_VULNERABILITY"}
        assert {finding["imageBuildVersionArn"] for finding in found} == {build}
        assert {finding["awsAccountId"] for finding in found} == {"123456789012"}
        assert "imagePipelineArn" not in found[0]
        assert found[0]["title"] == "CVE-2023-38545 - curl-minimal, libcurl-minimal"
        assert (found[0]["fixAvailable"], found[-1]["fixAvailable"]) == ("YES", "NO")

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_package_is_shown_as_its_manager_does(self, imagebuilder):
        """As in the awscli example of ListImageScanFindings."""
        recipe = an_unpatched_recipe(
            imagebuilder, parentImage=f"{AMAZON}image/amazon-linux-2023-arm64/x.x.x"
        )
        build = a_scanned_build(imagebuilder, imageRecipeArn=recipe)

        [finding] = [each for each in findings(imagebuilder) if "glibc" in each["title"]]
        packages = imagebuilder.list_image_packages(imageBuildVersionArn=build)

        assert finding["packageVulnerabilityDetails"]["vulnerablePackages"] == [
            {
                "name": "glibc",
                "version": "2.34",
                "release": "52.amzn2023.0.3",
                "epoch": 0,
                "arch": "ARM64",
                "packageManager": "OS",
                "fixedInVersion": "0:2.34-52.amzn2023.0.7",
                "remediation": "yum update glibc",
            }
        ]
        assert {"packageName": "glibc", "packageVersion": "2.34"} in packages["imagePackageList"]

    @pytest.mark.imagebuilder(builds="instant")
    def test_windows_has_no_command_to_mend_one(self, imagebuilder):
        hello = HELLO.replace("linux", "windows")
        recipe = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT, components=[hello])
        a_scanned_build(imagebuilder, imageRecipeArn=recipe)

        [finding] = findings(imagebuilder)
        [package] = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
        assert package["fixedInVersion"] == "128.0.2739.42"
        assert "remediation" not in package

    def test_a_component_that_updates_leaves_those_without_a_fix(self, imagebuilder):
        recipe = a_recipe(imagebuilder, components=[MANAGED_COMPONENT])
        watched(imagebuilder, a_scanned_build(imagebuilder, imageRecipeArn=recipe))

        assert [finding["fixAvailable"] for finding in findings(imagebuilder)] == ["NO", "NO"]

    def test_there_are_none_before_the_scan_has_completed(self, imagebuilder):
        build = a_scanned_build(imagebuilder)

        while look(imagebuilder, build)["scanState"]["status"] != "SCANNING":
            assert findings(imagebuilder) == []

    def test_an_image_that_is_not_scanned_has_none(self, imagebuilder):
        build = a_build(imagebuilder, imageRecipeArn=an_unpatched_recipe(imagebuilder))
        while look(imagebuilder, build)["state"]["status"] != "AVAILABLE":
            pass

        assert findings(imagebuilder) == []

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_container_has_those_of_its_base_image(self, imagebuilder):
        a_container_build(imagebuilder, imageScanningConfiguration=SCANNING)

        assert findings(imagebuilder) != []

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_filter_selects_by_image_pipeline_vulnerability_or_severity(self, imagebuilder):
        recipe = an_unpatched_recipe(imagebuilder)
        pipelines = [
            a_pipeline(imagebuilder, imageRecipeArn=recipe, imageScanningConfiguration=SCANNING)
            for _ in range(2)
        ]
        images = [
            imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)[
                "imageBuildVersionArn"
            ]
            for pipeline in (*pipelines, pipelines[0])
        ]
        by_hand = a_scanned_build(imagebuilder)

        of_image = findings(imagebuilder, imageBuildVersionArn=by_hand)
        of_pipeline = findings(imagebuilder, imagePipelineArn=pipelines[0])
        of_vulnerability = findings(imagebuilder, vulnerabilityId="CVE-2024-6387")
        of_severity = findings(imagebuilder, severity="MEDIUM")

        assert {each["imageBuildVersionArn"] for each in of_image} == {by_hand}
        assert {each["imageBuildVersionArn"] for each in of_pipeline} == {images[0], images[2]}
        assert {each["imagePipelineArn"] for each in of_pipeline} == {pipelines[0]}
        assert [each["imageBuildVersionArn"] for each in of_vulnerability] == [*images, by_hand]
        assert {each["severity"] for each in of_severity} == {"MEDIUM"}
        assert len(findings(imagebuilder)) == 4 * len(of_image)

    @pytest.mark.imagebuilder(builds="instant")
    @pytest.mark.parametrize(
        "name", ["imageBuildVersionArn", "imagePipelineArn", "vulnerabilityId", "severity"]
    )
    def test_a_filter_that_fits_nothing_finds_nothing(self, imagebuilder, name):
        a_scanned_build(imagebuilder)

        assert findings(imagebuilder, **{name: "medium"}) == []

    def test_other_filters_are_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_image_scan_findings, filters=[{"name": "name", "values": ["x"]}]
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'name' is not a filter of this operation. Valid filters are: imageBuildVersionArn, "
            "imagePipelineArn, severity, vulnerabilityId.",
        )

    @pytest.mark.imagebuilder(builds="instant")
    def test_pages_are_those_of_the_filter(self, imagebuilder, refused):
        arn = a_scanned_build(imagebuilder)
        chosen = [{"name": "imageBuildVersionArn", "values": [arn]}]

        first = imagebuilder.list_image_scan_findings(filters=chosen, maxResults=4)
        rest = imagebuilder.list_image_scan_findings(
            filters=chosen, maxResults=4, nextToken=first["nextToken"]
        )
        refusal = refused(imagebuilder.list_image_scan_findings, nextToken=first["nextToken"])

        assert first["findings"] + rest["findings"] == findings(imagebuilder)
        assert "nextToken" not in rest
        assert refusal.code == "InvalidPaginationTokenException"

    @pytest.mark.imagebuilder(builds="instant")
    def test_other_accounts_and_regions_do_not_see_them(self, imagebuilder, imagebuilder_mock):
        a_scanned_build(imagebuilder)

        assert findings(imagebuilder_mock.client(region="eu-west-1")) == []
        assert findings(imagebuilder_mock.client(account_id="210987654321")) == []

    @pytest.mark.imagebuilder(builds="instant")
    def test_they_go_with_the_image(self, imagebuilder):
        gone, kept = a_scanned_build(imagebuilder), a_scanned_build(imagebuilder)

        imagebuilder.delete_image(imageBuildVersionArn=gone)

        assert {each["imageBuildVersionArn"] for each in findings(imagebuilder)} == {kept}


class TestAggregations:
    """Source: API reference, ListImageScanFindingAggregations."""

    COUNTS = {"all": 6, "critical": 1, "high": 3, "medium": 1}  # noqa: RUF012

    @pytest.mark.imagebuilder(builds="instant")
    def test_without_filter_it_is_the_accounts(self, imagebuilder):
        a_scanned_build(imagebuilder)

        assert counts(imagebuilder) == (
            "accountId",
            [{"accountAggregation": {"accountId": "123456789012", "severityCounts": self.COUNTS}}],
        )

    def test_an_account_without_findings_counts_zero(self, imagebuilder):
        _, [aggregation] = counts(imagebuilder)

        zeros = dict.fromkeys(self.COUNTS, 0)
        assert aggregation["accountAggregation"]["severityCounts"] == zeros

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_filter_says_what_is_counted(self, imagebuilder):
        pipeline = a_pipeline(
            imagebuilder,
            imageRecipeArn=an_unpatched_recipe(imagebuilder),
            imageScanningConfiguration=SCANNING,
        )
        [image, _] = [
            imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)[
                "imageBuildVersionArn"
            ]
            for _ in range(2)
        ]
        twice = {name: 2 * number for name, number in self.COUNTS.items()}

        assert counts(imagebuilder, imageBuildVersionArn=image) == (
            "imageBuildVersionArn",
            [
                {
                    "imageAggregation": {
                        "imageBuildVersionArn": image,
                        "severityCounts": self.COUNTS,
                    }
                }
            ],
        )
        assert counts(imagebuilder, imagePipelineArn=pipeline) == (
            "imagePipelineArn",
            [
                {
                    "imagePipelineAggregation": {
                        "imagePipelineArn": pipeline,
                        "severityCounts": twice,
                    }
                }
            ],
        )
        assert counts(imagebuilder, vulnerabilityId="CVE-2024-6387") == (
            "vulnerabilityId",
            [
                {
                    "vulnerabilityIdAggregation": {
                        "vulnerabilityId": "CVE-2024-6387",
                        "severityCounts": {"all": 2, "critical": 0, "high": 2, "medium": 0},
                    }
                }
            ],
        )

    @pytest.mark.parametrize(
        "name", ["imageBuildVersionArn", "imagePipelineArn", "vulnerabilityId"]
    )
    def test_what_is_not_there_has_none(self, imagebuilder, name):
        assert counts(imagebuilder, **{name: GONE}) == (name, [])

    @pytest.mark.parametrize("name", ["severity", "name"])
    def test_other_filters_are_refused(self, imagebuilder, refused, name):
        refusal = refused(
            imagebuilder.list_image_scan_finding_aggregations,
            filter={"name": name, "values": ["HIGH"]},
        )

        assert refusal == invalid_value(
            "filter.name",
            f"'{name}' is not a filter of this operation. Valid filters are: "
            "imageBuildVersionArn, imagePipelineArn, vulnerabilityId.",
        )

    def test_two_values_are_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_image_scan_finding_aggregations,
            filter={"name": "vulnerabilityId", "values": ["CVE-1", "CVE-2"]},
        )

        assert refusal == invalid_value(
            "filter.values", "A filter of scan findings has exactly one value."
        )

    def test_a_token_of_another_list_is_refused(self, imagebuilder, refused):
        refusal = refused(imagebuilder.list_image_scan_finding_aggregations, nextToken="x")

        assert refusal.code == "InvalidPaginationTokenException"
