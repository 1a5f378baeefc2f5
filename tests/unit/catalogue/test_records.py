"""What is on offer to every account: names, versions and documents."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from imagebuilder_mock.catalogue.records import (
    component_documents,
    managed_components,
    managed_images,
)
from imagebuilder_mock.domain.documents.components.document import parse_component_document
from imagebuilder_mock.domain.versions import Version

if TYPE_CHECKING:
    from imagebuilder_mock.catalogue.records import ManagedComponent, ManagedImage

IMAGES = managed_images()
COMPONENTS = managed_components()
ALL = (*IMAGES, *COMPONENTS)

# AWS CDK, aws-imagebuilder-alpha, amazon-managed-image.ts; those of older releases come from
# public recipes.
IMAGE_SLUGS = {
    "AMI": """
        amazon-linux-2-ecs-optimized-x86 amazon-linux-2-ecs-optimized-kernel-5-x86
        amazon-linux-2-x86 amazon-linux-2-arm64 amazon-linux-2023-x86 amazon-linux-2023-arm64
        red-hat-enterprise-linux-7-x86 ubuntu-server-20-lts-arm64
        red-hat-enterprise-linux-8-x86 red-hat-enterprise-linux-9-x86
        red-hat-enterprise-linux-10-x86 red-hat-enterprise-linux-10-arm64
        suse-linux-enterprise-server-15-x86 suse-linux-enterprise-server-15-arm64
        ubuntu-server-18-lts-x86 ubuntu-server-20-lts-x86
        ubuntu-server-22-lts-x86 ubuntu-server-22-lts-arm64
        ubuntu-server-24-lts-x86 ubuntu-server-24-lts-arm64
        windows-server-2016-english-core-base-x86 windows-server-2016-english-full-base-x86
        windows-server-2019-english-core-base-x86 windows-server-2019-english-full-base-x86
        windows-server-2022-english-core-base-x86 windows-server-2022-english-full-base-x86
        windows-server-2025-english-core-base-x86 windows-server-2025-english-full-base-x86
        macos-sonoma-x86 macos-sonoma-arm64 macos-sequoia-x86 macos-sequoia-arm64
    """,
    "DOCKER": """
        amazon-linux-x86-2 amazon-linux-x86-latest amazon-linux-2023-x86-2023
        ubuntu-18-x86-18-04 ubuntu-22-x86-22-04 ubuntu-24-x86-24-04
        windows-server-2016-x86-core-ltsc2016-amd64 windows-server-2019-x86-core-ltsc2019-amd64
    """,
}

# AWS CDK, amazon-managed-component.ts; user guide, ib-stig, mgdcomponent-distributor-win and
# create-image-recipes; aws-samples/amazon-ec2-image-builder-samples; public recipes.
COMPONENT_SLUGS = {
    "BUILD": """
        aws-cli-version-2-linux aws-cli-version-2-windows hello-world-linux hello-world-windows
        python-3-linux python-3-windows reboot-linux reboot-windows stig-build-linux
        stig-build-windows update-linux update-windows
        stig-build-linux-low stig-build-linux-medium stig-build-linux-high
        stig-build-windows-low stig-build-windows-medium stig-build-windows-high
        scap-compliance-checker-linux scap-compliance-checker-windows
        amazon-corretto-17-jre go-linux
        amazon-cloudwatch-agent-linux amazon-corretto-11 docker-ce-linux dotnet-core-sdk-linux
        update-linux-kernel-5 distributor-package-windows aws-vss-components-windows
        powershell-windows dotnet-sdk-linux dotnet-runtime-linux apache-tomcat-9-linux
    """,
    "TEST": """
        simple-boot-test-linux simple-boot-test-windows reboot-test-linux reboot-test-windows
        windows-activation-test chrony-time-configuration-test ebs-volume-usage-test-linux
    """,
}


def named(pages: dict[str, str]) -> list[tuple[str, str]]:
    return [(slug, kind) for kind, slugs in pages.items() for slug in slugs.split()]


def slug_of(entry: ManagedImage | ManagedComponent) -> str:
    return entry.slug


@pytest.mark.parametrize(
    ("entries", "documented"),
    [(IMAGES, IMAGE_SLUGS), (COMPONENTS, COMPONENT_SLUGS)],
    ids=["images", "components"],
)
def test_what_is_documented_is_there(
    entries: tuple[ManagedImage | ManagedComponent, ...], documented: dict[str, str]
) -> None:
    known = {(entry.slug, entry.type, entry.account, entry.owner) for entry in entries}

    assert {(*each, "aws", "Amazon") for each in named(documented)} <= known


def test_a_third_party_component_says_that_it_is_a_sample() -> None:
    """User guide, toe-cis; the name is that of a public report (terraform-provider-aws #29286)."""
    (component,) = (component for component in COMPONENTS if component.owner == "ThirdParty")

    assert component.slug == "cis-benchmark-level-1-amazon-linux"
    assert component.account == "third-party"
    assert "Sample" in component.description


@pytest.mark.parametrize("entries", [IMAGES, COMPONENTS], ids=["images", "components"])
def test_a_slug_is_there_once_in_an_account(
    entries: tuple[ManagedImage | ManagedComponent, ...],
) -> None:
    names = [(entry.account, entry.slug) for entry in entries]

    assert len(names) == len(set(names))


def test_a_name_has_the_form_that_the_service_takes() -> None:
    form = re.compile(r"[-_A-Za-z0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z0-9]")

    assert [entry.name for entry in ALL if not form.fullmatch(entry.name)] == []


def test_versions_and_their_dates_ascend() -> None:
    for entry in ALL:
        numbers = [number for number, _ in entry.versions]
        versions = [Version.parse(number) for number in numbers]
        dates = [made for _, made in entry.versions]

        assert [str(version) for version in versions] == numbers, entry.slug
        assert versions == sorted(set(versions)), entry.slug
        assert dates == sorted(set(dates)), entry.slug
        assert {made.utcoffset() for made in dates} == {timedelta()}, entry.slug
        assert all(made.microsecond % 1000 == 0 for made in dates), entry.slug


def test_an_image_version_is_the_day_before_it_was_made() -> None:
    for image in IMAGES:
        for number, made in image.versions:
            day = made.date() - timedelta(days=1)

            assert number == f"{day.year}.{day.month}.{day.day}", image.slug


def test_a_component_runs_on_at_most_25_operating_systems() -> None:
    """API reference, Component: supportedOsVersions has 25 entries at most."""
    assert [each.slug for each in COMPONENTS if len(each.supported_os_versions) > 25] == []


def test_a_document_is_one_that_the_service_takes() -> None:
    """API reference, CreateComponent: one phase named test, and no other, makes a TEST."""
    for component in COMPONENTS:
        document = parse_component_document(component.document(), platform=component.platform)

        assert document.name == component.slug
        assert document.component_type == component.type, component.slug
        phases = {phase.name for phase in document.phases}
        assert phases <= {"build", "validate", "test"}, component.slug


@pytest.mark.parametrize(
    ("slug", "defaults"),
    [
        (
            "stig-build-linux",
            {"Level": "High", "InstallPackages": "No", "SetDoDConsentBanner": "No"},
        ),
        (
            "distributor-package-windows",
            {
                "Action": "Install",
                "PackageName": None,
                "PackageVersion": "",
                "AdditionalArguments": "",
            },
        ),
        ("aws-vss-components-windows", {"PackageVersion": ""}),
        ("update-linux-kernel-5", {"KernelVersion": "5.10"}),
        ("update-linux", {}),
    ],
    ids=["stig", "distributor", "vss", "kernel", "none"],
)
def test_a_document_declares_the_parameters_that_recipes_set(
    slug: str, defaults: dict[str, str | None]
) -> None:
    """User guide, ib-stig and mgdcomponent-distributor-win; KernelVersion is a name of ours."""
    (component,) = (component for component in COMPONENTS if component.slug == slug)

    document = parse_component_document(component.document())

    declared = {given.name: given.default_value for given in document.parameters}
    assert declared == {name: None if text is None else (text,) for name, text in defaults.items()}


def test_every_document_belongs_to_a_component() -> None:
    assert set(component_documents()) == {slug_of(component) for component in COMPONENTS}
