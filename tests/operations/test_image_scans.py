"""Scans of images: their states, what they find, and the counts of it."""

from __future__ import annotations

import pytest

from tests.builders import (
    AMAZON,
    MANAGED_COMPONENT,
    OWN,
    WINDOWS_PARENT,
    a_build,
    a_component,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_build, a_container_recipe
from tests.model import needs_member, service_model
from tests.refusals import Refusal, invalid_value

SCANNING = {"imageScanningEnabled": True}
GONE = f"{OWN}image/gone/1.0.0/1"
UPDATED = "arn:aws:imagebuilder:us-east-1:aws:component/hello-world-linux/x.x.x"

needs_scan_types = needs_member("CreateImage", "imageScanningConfiguration.imageScanningTypes")


def unpatched(client, **params):
    """A recipe that leaves the base image's packages as they are."""
    return a_recipe(client, components=[UPDATED], **params)


@pytest.fixture
def a_scanned_build(imagebuilder):
    """Call it for a build with scanning on, whose packages have vulnerabilities."""

    def build(**params):
        given = {"imageRecipeArn": unpatched(imagebuilder), **params}
        return a_build(imagebuilder, imageScanningConfiguration=SCANNING, **given)

    return build


def look(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def watched(client, arn):
    """The states of an image and its scan, from one look to the next, until it has ended."""
    seen: list[tuple[str, str]] = []
    while not seen or seen[-1][0] not in {"AVAILABLE", "FAILED", "CANCELLED"}:
        image = look(client, arn)
        seen.append((image["state"]["status"], image["scanState"]["status"]))
    return seen


def findings(client, **filters):
    """All findings, or those of one filter."""
    given = [{"name": name, "values": [value]} for name, value in filters.items()]
    params = {"filters": given} if given else {}
    return collected(client.list_image_scan_findings, "findings", **params)


def collected(operation, member, **params):
    """All entries of a list; the oldest botocore has no paginators for these."""
    page = operation(**params)
    entries = page[member]
    while "nextToken" in page:
        page = operation(**params, nextToken=page["nextToken"])
        entries += page[member]
    return entries


def ids(found):
    return [finding["packageVulnerabilityDetails"]["vulnerabilityId"] for finding in found]


def counts(client, **filters):
    """The one aggregation: its type, what it holds."""
    given = [{"name": name, "values": [value]} for name, value in filters.items()]
    params = {"filter": given[0]} if given else {}
    result = client.list_image_scan_finding_aggregations(**params)
    return result["aggregationType"], result["responses"]


class TestScanState:
    """Source: API reference, ImageScanState."""

    def test_it_goes_along_with_the_build(self, imagebuilder, a_scanned_build):
        assert watched(imagebuilder, a_scanned_build()) == [
            ("PENDING", "PENDING"),
            ("CREATING", "PENDING"),
            ("BUILDING", "PENDING"),
            ("TESTING", "SCANNING"),
            ("DISTRIBUTING", "COLLECTING"),
            ("INTEGRATING", "COMPLETED"),
            ("AVAILABLE", "COMPLETED"),
        ]

    @pytest.mark.parametrize(
        "settings", [{}, {"imageScanningConfiguration": {"imageScanningEnabled": False}}]
    )
    def test_an_image_that_is_not_scanned_has_none(self, imagebuilder, settings):
        build = a_build(imagebuilder, **settings)

        assert "scanState" not in look(imagebuilder, build)

    @pytest.mark.imagebuilder(builds="held")
    @pytest.mark.parametrize("stages", [0, 3, 4])
    def test_a_build_that_ends_before_its_findings_are_collected_abandons_it(
        self, imagebuilder, imagebuilder_mock, a_scanned_build, stages
    ):
        build = a_scanned_build()
        for _ in range(stages):
            imagebuilder_mock.builds.advance(build)

        imagebuilder.cancel_image_creation(imageBuildVersionArn=build)

        assert look(imagebuilder, build)["scanState"] == {
            "status": "ABANDONED",
            "reason": "The image reached a terminal state before its scan findings were collected.",
        }
        assert findings(imagebuilder) == []

    @pytest.mark.imagebuilder(builds="held")
    def test_findings_stay_when_the_build_fails_behind_them(
        self, imagebuilder, imagebuilder_mock, a_scanned_build
    ):
        build = a_scanned_build()
        while imagebuilder_mock.builds.advance(build) != "INTEGRATING":
            pass
        collected = findings(imagebuilder)

        imagebuilder_mock.builds.fail(build)

        assert look(imagebuilder, build)["scanState"]["status"] == "COMPLETED"
        assert findings(imagebuilder) == collected != []

    @pytest.mark.skipif(
        "RetryImage" not in service_model().operation_names,
        reason="this botocore has no RetryImage",
    )
    @pytest.mark.imagebuilder(builds="held")
    def test_a_retried_build_takes_its_scan_up_again(
        self, imagebuilder, imagebuilder_mock, a_scanned_build
    ):
        build = a_scanned_build()
        while imagebuilder_mock.builds.advance(build) != "TESTING":
            pass
        imagebuilder_mock.builds.fail(build)

        imagebuilder.retry_image(imageBuildVersionArn=build)

        assert look(imagebuilder, build)["scanState"] == {"status": "SCANNING"}


class TestFindings:
    """Source: API reference, ListImageScanFindings."""

    def test_they_are_those_of_the_packages_of_the_base_image(self, imagebuilder, a_scanned_build):
        build = a_scanned_build()
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
    def test_a_package_is_shown_as_its_manager_does(self, imagebuilder, a_scanned_build):
        """As in the awscli example of ListImageScanFindings."""
        recipe = unpatched(imagebuilder, parentImage=f"{AMAZON}image/amazon-linux-2023-arm64/x.x.x")
        build = a_scanned_build(imageRecipeArn=recipe)

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
    def test_windows_has_no_command_to_mend_one(self, imagebuilder, a_scanned_build):
        hello = UPDATED.replace("linux", "windows")
        recipe = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT, components=[hello])
        a_scanned_build(imageRecipeArn=recipe)

        [finding] = findings(imagebuilder)
        [package] = finding["packageVulnerabilityDetails"]["vulnerablePackages"]
        assert package["fixedInVersion"] == "128.0.2739.42"
        assert "remediation" not in package

    def test_a_component_that_updates_leaves_those_without_a_fix(
        self, imagebuilder, a_scanned_build
    ):
        recipe = a_recipe(imagebuilder, components=[MANAGED_COMPONENT])
        watched(imagebuilder, a_scanned_build(imageRecipeArn=recipe))

        assert [finding["fixAvailable"] for finding in findings(imagebuilder)] == ["NO", "NO"]

    def test_there_are_none_before_the_scan_has_completed(self, imagebuilder, a_scanned_build):
        build = a_scanned_build()

        while look(imagebuilder, build)["scanState"]["status"] != "SCANNING":
            assert findings(imagebuilder) == []

    def test_an_image_that_is_not_scanned_has_none(self, imagebuilder):
        build = a_build(imagebuilder, imageRecipeArn=unpatched(imagebuilder))
        while look(imagebuilder, build)["state"]["status"] != "AVAILABLE":
            pass

        assert findings(imagebuilder) == []

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_container_has_those_of_its_base_image(self, imagebuilder):
        a_container_build(imagebuilder, imageScanningConfiguration=SCANNING)

        assert findings(imagebuilder) != []

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_filter_selects_by_image_pipeline_vulnerability_or_severity(
        self, imagebuilder, a_scanned_build
    ):
        recipe = unpatched(imagebuilder)
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
        by_hand = a_scanned_build()

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
    def test_a_filter_that_fits_nothing_finds_nothing(self, imagebuilder, a_scanned_build, name):
        a_scanned_build()

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
    def test_pages_are_those_of_the_filter(self, imagebuilder, a_scanned_build, refused):
        arn = a_scanned_build()
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
    def test_other_accounts_and_regions_do_not_see_them(self, imagebuilder_mock, a_scanned_build):
        a_scanned_build()

        assert findings(imagebuilder_mock.client(region="eu-west-1")) == []
        assert findings(imagebuilder_mock.client(account_id="210987654321")) == []

    @pytest.mark.imagebuilder(builds="instant")
    def test_they_go_with_the_image(self, imagebuilder, a_scanned_build):
        gone, kept = a_scanned_build(), a_scanned_build()

        imagebuilder.delete_image(imageBuildVersionArn=gone)

        assert {each["imageBuildVersionArn"] for each in findings(imagebuilder)} == {kept}


class TestAggregations:
    """Source: API reference, ListImageScanFindingAggregations."""

    COUNTS = {"all": 6, "critical": 1, "high": 3, "medium": 1}  # noqa: RUF012

    @pytest.mark.imagebuilder(builds="instant")
    def test_without_filter_it_is_the_accounts(self, imagebuilder, a_scanned_build):
        a_scanned_build()

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
            imageRecipeArn=unpatched(imagebuilder),
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


@needs_scan_types
class TestOnDemandScans:
    """Source: API reference, ImageScanningConfiguration and ScanResultCondition."""

    @pytest.fixture
    def end(self, imagebuilder):
        """Call it with a condition: how a build with vulnerabilities of every severity ends."""

        def ending(recipe=None, **condition):
            build = a_build(
                imagebuilder,
                imageRecipeArn=recipe or unpatched(imagebuilder),
                imageScanningConfiguration={
                    **SCANNING,
                    "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
                    **({"scanResultCondition": condition} if condition else {}),
                },
            )
            watched(imagebuilder, build)
            return look(imagebuilder, build)["state"]

        return ending

    def test_its_findings_are_not_image_builders_to_list(self, imagebuilder, end):
        assert end() == {"status": "AVAILABLE"}
        assert findings(imagebuilder) == []

    def test_a_finding_above_the_condition_fails_the_tests(self, end):
        state = end(maximumSeverityLabel="HIGH")

        assert state["status"] == "FAILED"
        assert state["reason"] == (
            "The scan of the output AMI found 'CVE-2023-38545' with the severity 'CRITICAL', "
            "which is above 'HIGH'."
        )
        assert state["failureContext"] == {"imageStatus": "TESTING"}

    @pytest.mark.parametrize(
        ("condition", "status"),
        [
            ({"maximumSeverityLabel": "LOW"}, "AVAILABLE"),
            ({"maximumSeverityLabel": "LOW", "fixAvailable": True}, "AVAILABLE"),
            ({"maximumSeverityLabel": "LOW", "fixAvailable": False}, "FAILED"),
            ({"maximumSeverityLabel": "HIGH", "fixAvailable": False}, "AVAILABLE"),
        ],
    )
    def test_findings_without_a_fix_count_if_the_condition_says_so(
        self, imagebuilder, end, condition, status
    ):
        updated = a_recipe(imagebuilder, components=[MANAGED_COMPONENT])

        assert end(updated, **condition)["status"] == status


class TestPackages:
    """Source: API reference, ListImagePackages."""

    def names(self, client, arn):
        packages = collected(
            client.list_image_packages, "imagePackageList", imageBuildVersionArn=arn
        )
        return [package["packageName"] for package in packages]

    def test_they_are_known_when_the_image_has_been_built(self, imagebuilder):
        build = a_build(imagebuilder)
        states = {}
        while "AVAILABLE" not in states:
            found = self.names(imagebuilder, build)
            states[look(imagebuilder, build)["state"]["status"]] = len(found)

        assert states["BUILDING"] == 0
        assert states["TESTING"] == states["AVAILABLE"] > 25

    @pytest.mark.imagebuilder(builds="instant")
    @pytest.mark.parametrize(
        ("parent", "component", "package"),
        [
            ("amazon-linux-2-x86", "docker-ce-linux", "docker"),
            ("ubuntu-server-22-lts-x86", "docker-ce-ubuntu", "docker-ce"),
            ("red-hat-enterprise-linux-9-x86", "python-3-linux", "firewalld"),
            ("suse-linux-enterprise-server-15-x86", "python-3-linux", "zypper"),
        ],
    )
    def test_they_are_those_of_the_base_image_and_of_amazons_components(
        self, imagebuilder, parent, component, package
    ):
        amazon = "arn:aws:imagebuilder:us-east-1:aws:"
        recipe = a_recipe(
            imagebuilder,
            parentImage=f"{amazon}image/{parent}/x.x.x",
            components=[f"{amazon}component/{component}/x.x.x", a_component(imagebuilder)],
        )

        assert package in self.names(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))

    @pytest.mark.imagebuilder(builds="instant")
    def test_windows_has_others(self, imagebuilder):
        recipe = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT)

        found = self.names(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))

        assert "Windows PowerShell" in found
        assert "openssh-server" not in found

    @pytest.mark.imagebuilder(builds="instant")
    def test_without_enhanced_metadata_nothing_is_collected(self, imagebuilder):
        build = a_build(imagebuilder, enhancedImageMetadataEnabled=False)

        assert self.names(imagebuilder, build) == []

    @pytest.mark.imagebuilder(builds="instant")
    def test_containers_are_not_asked(self, imagebuilder):
        assert self.names(imagebuilder, a_container_build(imagebuilder)) == []

    def test_amazons_images_have_them_too(self, imagebuilder):
        newest = imagebuilder.get_image(
            imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2-x86/x.x.x"
        )["image"]["arn"]

        assert "yum" in self.names(imagebuilder, newest)

    @pytest.mark.imagebuilder(builds="instant")
    def test_nothing_is_known_of_an_image_that_no_recipe_made(self, imagebuilder):
        arn = imagebuilder.import_vm_image(
            name="machine",
            semanticVersion="1.0.0",
            platform="Linux",
            osVersion="Ubuntu 22",
            vmImportTaskId="import-ami-0123456789abcdef0",
        )["imageArn"]

        assert self.names(imagebuilder, arn) == []

    def test_an_image_that_is_not_there_is_not_found(self, imagebuilder, refused):
        refusal = refused(imagebuilder.list_image_packages, imageBuildVersionArn=GONE)

        assert refusal[:2] == ("ResourceNotFoundException", 404)


@pytest.mark.imagebuilder(inspector=False)
class TestWithoutInspector:
    """Source: terraform-provider-aws pull request 35674, for containers."""

    def refusal(self, resources):
        return Refusal(
            "ResourceDependencyException",
            400,
            f"Resource dependency error: Amazon Inspector is not enabled for '{resources}' "
            "resources in account '123456789012'.",
        )

    def test_an_ami_is_not_scanned(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image,
            imageRecipeArn=a_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration=SCANNING,
        )

        assert refusal == self.refusal("ec2")

    def test_a_container_is_not_scanned(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image_pipeline,
            name="scanned",
            containerRecipeArn=a_container_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration=SCANNING,
        )

        assert refusal == self.refusal("ecr")
