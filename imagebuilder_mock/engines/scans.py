"""Scans of images: what a scan finds, and whether the image fails because of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.catalogue.samples import sample_packages, sample_vulnerabilities, system_of
from imagebuilder_mock.domain.resources.scans import ImageScanFinding

from . import notices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.catalogue.samples import Affected, Package, Vulnerability
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.world.store import Store

    from .one_build import Build

# From the least to the most severe (Amazon Inspector user guide, severity levels).
SEVERITIES = ("UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
_SOURCE = "NVD"
_NO_REMEDIATION = "None Provided"
"""Seen in the awscli example of ListImageScanFindings."""


def installed_packages(store: Store, image: Image) -> list[Package]:
    """The packages that a test has set, or else the sample's."""
    supplied = store.findings.packages.get(image.arn)
    if supplied is None:
        return sample_packages(image)
    return [(package.package_name, package.package_version) for package in supplied]


def note_state(build: Build) -> None:
    """Collect the findings, if the image's new state means that its scan is complete."""
    world, store, image = build
    if image.is_scanned_on_demand:
        return
    state = image.scan_state
    if state is None or state.status != "COMPLETED" or image.arn in store.findings.settled:
        return
    store.findings.settled.add(image.arn)
    for vulnerability in sample_vulnerabilities(installed_packages(store, image)):
        store.findings.add(finding_on(image, vulnerability, world.clock.now()))
    notices.vulnerabilities_detected(
        build, store.findings.severity_counts(("imageBuildVersionArn", image.arn))
    )


def failed_condition(build: Build) -> str | None:
    """Why the tests of a scanned image fail, if a finding is too severe; else None.

    Findings without a fix count only if the condition says so; a critical one always fails the
    image (API reference, ScanResultCondition).
    """
    world, store, image = build
    # No stubs know the member of this name so far.
    scanning: Mapping[str, Any] = image.image_scanning_configuration or {}
    condition = scanning.get("scanResultCondition")
    # A test says itself how history ended.
    if condition is None or image.state.status != "TESTING" or world.is_in_the_past:
        return None
    highest = SEVERITIES.index(condition.get("maximumSeverityLabel", SEVERITIES[-2]))
    only_fixable = condition.get("fixAvailable", True)
    findings = list(store.findings.on_demand(image.arn))
    if image.arn not in store.findings.settled:
        found = sample_vulnerabilities(installed_packages(store, image))
        findings += [finding_on(image, each, image.date_created) for each in found]
    for finding in findings:
        is_counted = finding.fix_available != "NO" or not only_fixable
        if is_counted and SEVERITIES.index(finding.severity) > highest:
            return (
                f"The scan of the output AMI found '{finding.vulnerability_id}' with the severity "
                f"'{finding.severity}', which is above '{SEVERITIES[highest]}'."
            )
    return None


def finding_on(image: Image, vulnerability: Vulnerability, now: datetime) -> ImageScanFinding:
    """The finding of a vulnerability on an image."""
    affected = vulnerability.affected
    names = ", ".join(package.name for package in affected)
    return ImageScanFinding(
        aws_account_id=image.owner,
        image_build_version_arn=image.arn,
        image_pipeline_arn=image.source_pipeline_arn,
        title=f"{vulnerability.id} - {names}",
        description=vulnerability.description,
        severity=vulnerability.severity,
        first_observed_at=now,
        updated_at=now,
        remediation={"recommendation": {"text": _NO_REMEDIATION}},
        inspector_score=vulnerability.score,
        inspector_score_details=_score_details(vulnerability),
        package_vulnerability_details=_details(vulnerability, image),
        fix_available=_fix_available(affected),
    )


def _fix_available(affected: tuple[Affected, ...]) -> str:
    fixed = [package.fixed_in is not None for package in affected]
    if all(fixed):
        return "YES"
    return "PARTIAL" if any(fixed) else "NO"


def _score_details(vulnerability: Vulnerability) -> wire.InspectorScoreDetailsTypeDef | None:
    if vulnerability.score is None or vulnerability.vector is None:
        return None
    return {
        "adjustedCvss": {
            "scoreSource": _SOURCE,
            "cvssSource": _SOURCE,
            "version": _cvss_version(vulnerability.vector),
            "score": vulnerability.score,
            "scoringVector": vulnerability.vector,
            "adjustments": [],
        }
    }


def _cvss_version(vector: str) -> str:
    return vector.partition("/")[0].removeprefix("CVSS:")


def _details(vulnerability: Vulnerability, image: Image) -> wire.PackageVulnerabilityDetailsTypeDef:
    url = f"https://nvd.nist.gov/vuln/detail/{vulnerability.id}"
    details: wire.PackageVulnerabilityDetailsTypeDef = {
        "vulnerabilityId": vulnerability.id,
        "vulnerablePackages": [
            _vulnerable_package(package, image) for package in vulnerability.affected
        ],
        "source": _SOURCE,
        "sourceUrl": url,
        "referenceUrls": [url],
        "relatedVulnerabilities": [],
        "vendorSeverity": vulnerability.severity,
        "cvss": [],
    }
    if vulnerability.published is not None:
        details["vendorCreatedAt"] = details["vendorUpdatedAt"] = vulnerability.published
    if vulnerability.score is not None and vulnerability.vector is not None:
        details["cvss"] = [
            {
                "baseScore": vulnerability.score,
                "scoringVector": vulnerability.vector,
                "version": _cvss_version(vulnerability.vector),
                "source": _SOURCE,
            }
        ]
    return details


def _vulnerable_package(package: Affected, image: Image) -> wire.VulnerablePackageTypeDef:
    """As in the awscli example of ListImageScanFindings."""
    system = system_of(image)
    shown: wire.VulnerablePackageTypeDef = {
        "name": package.name,
        "version": package.version,
        "arch": _architecture(image),
        "packageManager": system["package_manager"],
    }
    version, _, release = package.version.partition("-")
    is_split = system["is_rpm"] and release
    if is_split:
        shown |= {"version": version, "release": release, "epoch": 0}
    if package.fixed_in is not None:
        shown["fixedInVersion"] = f"0:{package.fixed_in}" if is_split else package.fixed_in
        if system["update_command"] is not None:
            shown["remediation"] = f"{system['update_command']} {package.name}"
    return shown


def _architecture(image: Image) -> str:
    return "ARM64" if (image.architecture or "").startswith("arm64") else "X86_64"
