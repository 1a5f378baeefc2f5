"""Versions of what is made, wildcards that select, and numbers that are never given twice."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import Call, claim
from imagebuilder_mock.domain.errors import (
    InvalidVersionNumberException,
    already_exists,
    invalid_value,
)
from imagebuilder_mock.domain.versions import FORMAT_ERROR

from .standing import ARNS, OTHER_DOCUMENT, TEST_DOCUMENT, WORKFLOW, create, delete, get

_SAME = already_exists("Component", ARNS["Component"])


def _recipe(version: str, made: str) -> Call:
    """A recipe that is created as one version, and the version that it gets."""
    return create(
        "ImageRecipe",
        semanticVersion=version,
        expected={"imageRecipeArn": f"<<own>>image-recipe/<<name>>/{made}"},
    )


def _component(made: str, **changed: object) -> Call:
    """A component, and the version and build that it becomes."""
    return create(
        "Component",
        **changed,
        expected={"componentBuildVersionArn": f"<<own>>component/<<name>>/{made}"},
    )


def _found(version: str, found: str) -> Call:
    """Which build a version or wildcard of the claim's component means."""
    component = "<<own>>component/<<name>>/"
    return get("Component", {"arn": f"{component}{found}"}, f"{component}{version}")


CLAIMS = (
    claim(
        "versions.highest-number",
        "A number in a version may be 1073741823.",
        ("versions.highest-number",),
        create("Component", semanticVersion="1.0.1073741823"),
    ),
    claim(
        "versions.over-the-highest-number",
        "A number in a version above 1073741823 is refused.",
        ("versions.highest-number",),
        create(
            "Component",
            semanticVersion="1073741824.0.0",
            expected=InvalidVersionNumberException(
                f"{FORMAT_ERROR}. Each number must be between 0 and 1073741823."
            ),
        ),
    ),
    claim(
        "versions.two-wildcards",
        "A new recipe's version has one x at most.",
        ("versions.x-in-create",),
        create(
            "ImageRecipe",
            semanticVersion="1.x.x",
            expected=InvalidVersionNumberException(FORMAT_ERROR),
        ),
    ),
    claim(
        "versions.first-number",
        "The first number that an x becomes is 0, wherever the x is.",
        ("versions.x-first-number", "versions.x-next-number"),
        _recipe("1.0.x", "1.0.0"),
        _recipe("1.0.x", "1.0.1"),
        _recipe("2.x.0", "2.0.0"),
    ),
    claim(
        "versions.next-number",
        "An x becomes the highest number plus one.",
        ("versions.x-next-number", "versions.x-in-create"),
        _recipe("1.0.5", "1.0.5"),
        _recipe("1.0.x", "1.0.6"),
        _recipe("1.0.x", "1.0.7"),
    ),
    claim(
        "versions.next-minor-number",
        "An x in the middle counts the versions that have the same numbers around it.",
        ("versions.x-next-number", "versions.x-in-create"),
        _recipe("1.4.0", "1.4.0"),
        _recipe("1.x.0", "1.5.0"),
    ),
    claim(
        "versions.x-after-deletion",
        "A number that an x became is not given again after a deletion.",
        ("versions.never-twice", "versions.x-next-number"),
        _recipe("1.0.5", "1.0.5"),
        _recipe("1.0.x", "1.0.6"),
        delete("ImageRecipe", "<<own>>image-recipe/<<name>>/1.0.6"),
        _recipe("1.0.x", "1.0.7"),
    ),
    claim(
        "versions.build-after-deletion",
        "The number of a component's build is not given again after a deletion.",
        ("versions.never-twice",),
        _component("1.0.0/1"),
        _component("1.0.0/2", data=OTHER_DOCUMENT),
        delete("Component", "<<own>>component/<<name>>/1.0.0/2"),
        _component("1.0.0/3", data=TEST_DOCUMENT),
    ),
    claim(
        "versions.as-written",
        "A version stays as it was written, with its leading zero.",
        ("versions.as-written",),
        _component("2019.12.02/1", semanticVersion="2019.12.02"),
        get("Component", {"version": "2019.12.02"}),
    ),
    claim(
        "versions.zeros-are-equal",
        "2019.12.02 and 2019.12.2 are the same version: the second is its next build.",
        ("versions.zeros-are-equal",),
        create("Component", semanticVersion="2019.12.02"),
        _component("2019.12.2/2", semanticVersion="2019.12.2", data=OTHER_DOCUMENT),
    ),
    claim(
        "versions.next-build",
        "A component with changed content is the next build of its version.",
        ("versions.next-build", "versions.what-content-is"),
        _component("1.0.0/1"),
        _component("1.0.0/2", data=OTHER_DOCUMENT),
    ),
    claim(
        "versions.changed-description",
        "A description is a part of the content.",
        ("versions.what-content-is",),
        _component("1.0.0/1"),
        _component("1.0.0/2", description="another"),
    ),
    claim(
        "versions.changed-os-versions",
        "The OS versions are a part of the content.",
        ("versions.what-content-is",),
        _component("1.0.0/1"),
        _component("1.0.0/2", supportedOsVersions=["Amazon Linux 2023"]),
    ),
    claim(
        "versions.changed-tags",
        "Tags are not a part of the content.",
        ("versions.what-content-is", "versions.same-content"),
        _component("1.0.0/1"),
        create("Component", tags={"team": "web"}, expected=_SAME),
    ),
    claim(
        "versions.changed-change-description",
        "The description of the change is not a part of the content.",
        ("versions.what-content-is", "versions.same-content"),
        _component("1.0.0/1"),
        create("Component", changeDescription="none", expected=_SAME),
    ),
    claim(
        "versions.same-content",
        "A component with unchanged content is refused.",
        ("versions.same-content",),
        _component("1.0.0/1"),
        create("Component", expected=_SAME),
    ),
    claim(
        "versions.back-to-older-content",
        "Content is compared only with the newest build: older content makes a new build.",
        ("versions.next-build",),
        _component("1.0.0/1"),
        _component("1.0.0/2", data=OTHER_DOCUMENT),
        _component("1.0.0/3"),
    ),
    claim(
        "versions.next-workflow-build",
        "A workflow with changed content is the next build of its version.",
        ("versions.next-build",),
        *(
            create(
                "Workflow",
                type="BUILD",
                data=document,
                expected={
                    "workflowBuildVersionArn": f"<<own>>workflow/build/<<name>>/1.0.0/{number}"
                },
            )
            for number, document in ((1, WORKFLOW), (2, WORKFLOW.replace("Wait\n", "Stay\n")))
        ),
    ),
    claim(
        "versions.wildcards",
        "A wildcard means the newest version that matches, by number and not by time.",
        ("versions.wildcards",),
        *(
            create("Component", semanticVersion=version)
            for version in ("1.10.0", "1.9.3", "2.0.0", "1.9.1")
        ),
        _found("x.x.x", "2.0.0/1"),
        _found("1.x.x", "1.10.0/1"),
        _found("1.9.x", "1.9.3/1"),
        _found("1.9.1", "1.9.1/1"),
    ),
    claim(
        "versions.number-behind-a-wildcard",
        "A number to the right of an x is refused.",
        ("versions.wildcards",),
        get(
            "Component",
            invalid_value(
                "componentBuildVersionArn",
                "The version '1.x.8' has a wildcard that is followed by a number. Every node "
                "to the right of the first wildcard must be a wildcard.",
            ),
            "<<own>>component/<<name>>/1.x.8",
        ),
    ),
    claim(
        "versions.latest-references",
        "The answer to a create has the ARNs that mean the newest versions.",
        ("versions.latest-references",),
        create(
            "Component",
            semanticVersion="1.2.3",
            expected={
                "latestVersionReferences": {
                    "latestVersionArn": "<<own>>component/<<name>>/x.x.x",
                    "latestMajorVersionArn": "<<own>>component/<<name>>/1.x.x",
                    "latestMinorVersionArn": "<<own>>component/<<name>>/1.2.x",
                    "latestPatchVersionArn": "<<own>>component/<<name>>/1.2.3",
                }
            },
        ),
    ),
)
