"""Sample packages and vulnerabilities: what an image has of its base and its components.

A list is plausible: it has what Amazon's components install, and fixed versions after an update.
The names, versions and scores in ``data/`` are samples.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.records import Value, replace

from .records import moment_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from imagebuilder_mock.domain.resources.images import Image

Package = tuple[str, str]
"""A name and a version."""

_DEFAULT_SYSTEMS = {"Windows": "Microsoft Windows", "macOS": "macOS"}
_DEFAULT_SYSTEM = "Amazon Linux 2023"


class Affected(Value):
    """A package in a version that has the vulnerability, and the version that has it no more."""

    name: str
    version: str
    fixed_in: str | None = None


class Vulnerability(Value):
    """What is known of a vulnerability, and the packages that have it."""

    id: str
    severity: str
    description: str
    affected: tuple[Affected, ...]
    score: float | None = None
    vector: str | None = None
    published: datetime | None = None


def sample_packages(image: Image) -> list[Package]:
    """What is installed on an image: of its base, and of its components."""
    slugs = [Arn.parse(arn).slug for arn in image.recipe.component_arns] if image.recipe else []
    installed = dict(system_of(image)["packages"])
    for slug in slugs:
        installed.update(_package_records()["components"].get(slug, ()))
    if any(slug in _package_records()["updating_components"] for slug in slugs):
        installed = {name: _fixes().get((name, old), old) for name, old in installed.items()}
    return sorted(installed.items())


def inventory(image: Image) -> list[Package]:
    """The same, as the inventory has it: the version of an RPM package without its release."""
    packages = sample_packages(image)
    if not system_of(image)["is_rpm"]:
        return packages
    return [(name, version.partition("-")[0]) for name, version in packages]


def system_of(image: Image) -> System:
    """The operating system that an image has, or that is usual for its platform."""
    os_version = image.os_version or image.parent_os_version or ""
    default = _DEFAULT_SYSTEMS.get(image.platform or "", _DEFAULT_SYSTEM)
    return next(
        system
        for wanted in (os_version, default)
        for system in _package_records()["systems"]
        if wanted.startswith(system["os_version"])
    )


def sample_vulnerabilities(packages: Iterable[Package]) -> list[Vulnerability]:
    """The vulnerabilities of these packages, with those affected that are among them."""
    installed = set(packages)
    found = [
        replace(
            vulnerability,
            affected=tuple(
                package
                for package in vulnerability.affected
                if (package.name, package.version) in installed
            ),
        )
        for vulnerability in _vulnerabilities()
    ]
    return [vulnerability for vulnerability in found if vulnerability.affected]


class System(TypedDict):
    """An operating system: its packages, and Inspector's words for them."""

    os_version: str
    package_manager: str
    is_rpm: bool
    update_command: str | None
    packages: list[Package]


class _PackageRecords(TypedDict):
    systems: list[System]
    components: dict[str, list[Package]]
    updating_components: list[str]


@cache
def _fixes() -> dict[Package, str]:
    return {
        (package.name, package.version): package.fixed_in
        for vulnerability in _vulnerabilities()
        for package in vulnerability.affected
        if package.fixed_in is not None
    }


@cache
def _package_records() -> _PackageRecords:
    records: _PackageRecords = json.loads(text_of("packages.json"))
    return records


@cache
def _vulnerabilities() -> tuple[Vulnerability, ...]:
    records: list[dict[str, Any]] = json.loads(text_of("findings.json"))["vulnerabilities"]
    return tuple(
        Vulnerability(
            **{
                **record,
                "affected": tuple(
                    Affected(each["package"], each["version"], each["fixed_in"])
                    for each in record["affected"]
                ),
                "published": moment_of(record["published"]),
            }
        )
        for record in records
    )
