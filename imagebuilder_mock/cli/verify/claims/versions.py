"""Versions of what is made, wildcards that select, and numbers that are never given twice."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    Answered,
    Call,
    Refused,
    Row,
    call,
    claims_of,
    invalid,
    taken,
)

from .standing import COMPONENT, OTHER_DOCUMENT, RECIPE, TEST_DOCUMENT, WORKFLOW

_HIGHEST = (
    "The supplied semantic version does not follow the required format. Each number must be "
    "between 0 and 1073741823."
)
_FORMAT = "The supplied semantic version does not follow the required format"
_BAD_VERSION = "InvalidVersionNumberException"


def _created(version: str, made: str | Refused) -> Call:
    """A recipe that is created as one version, and the version that it gets."""
    expected = (
        made
        if isinstance(made, Refused)
        else Answered({"imageRecipeArn": f"<<own>>image-recipe/<<name>>/{made}"})
    )
    return call("CreateImageRecipe", {**RECIPE, "semanticVersion": version}, expected)


def _component(number: int, **params: object) -> Call:
    """A component, and the number of the build that it becomes."""
    return call(
        "CreateComponent",
        {**COMPONENT, **params},
        Answered({"componentBuildVersionArn": f"<<own>>component/<<name>>/1.0.0/{number}"}),
    )


def _component_at(version: str) -> Call:
    return call("CreateComponent", {**COMPONENT, "semanticVersion": version})


def _found_at(version: str, found: str) -> Call:
    """What a version or wildcard of the claim's component means."""
    return call(
        "GetComponent",
        {"componentBuildVersionArn": f"<<own>>component/<<name>>/{version}"},
        Answered({"component.arn": f"<<own>>component/<<name>>/{found}"}),
    )


_SAME = taken("Component", "<<own>>component/<<name>>/1.0.0/1")


# What follows the subject in the id, the sentence, the rows that are proven, the calls.
_VERSIONS: tuple[Row, ...] = (
    (
        "highest-number",
        "A number in a version may be 1073741823.",
        ("versions.highest-number",),
        (_component_at("1.0.1073741823"),),
    ),
    (
        "over-the-highest-number",
        "A higher number is refused.",
        ("versions.highest-number",),
        (
            call(
                "CreateComponent",
                {**COMPONENT, "semanticVersion": "1073741824.0.0"},
                Refused(_BAD_VERSION, _HIGHEST),
            ),
        ),
    ),
    (
        "two-wildcards",
        "A new recipe's version has one x at most.",
        ("versions.x-in-create",),
        (_created("1.x.x", Refused(_BAD_VERSION, _FORMAT)),),
    ),
    (
        "first-number",
        "The first number of an x is 0, whichever of the numbers it is.",
        ("versions.x-first-number", "versions.x-next-number"),
        (
            _created("1.0.x", "1.0.0"),
            _created("1.0.x", "1.0.1"),
            _created("2.x.0", "2.0.0"),
        ),
    ),
    (
        "next-number",
        "An x takes the highest number plus one.",
        ("versions.x-next-number", "versions.x-in-create"),
        (_created("1.0.5", "1.0.5"), _created("1.0.x", "1.0.6"), _created("1.0.x", "1.0.7")),
    ),
    (
        "next-minor-number",
        "An x in the middle counts what stands around the same last number.",
        ("versions.x-next-number", "versions.x-in-create"),
        (_created("1.4.0", "1.4.0"), _created("1.x.0", "1.5.0")),
    ),
    (
        "x-after-deletion",
        "A number that an x took is not given again after a deletion.",
        ("versions.never-twice", "versions.x-next-number"),
        (
            _created("1.0.5", "1.0.5"),
            _created("1.0.x", "1.0.6"),
            call("DeleteImageRecipe", {"imageRecipeArn": "<<own>>image-recipe/<<name>>/1.0.6"}),
            _created("1.0.x", "1.0.7"),
        ),
    ),
    (
        "build-after-deletion",
        "The number of a component's build is not given again after a deletion.",
        ("versions.never-twice",),
        (
            _component(1),
            _component(2, data=OTHER_DOCUMENT),
            call(
                "DeleteComponent",
                {"componentBuildVersionArn": "<<own>>component/<<name>>/1.0.0/2"},
            ),
            _component(3, data=TEST_DOCUMENT),
        ),
    ),
    (
        "as-written",
        "A version stays as it was written, with its leading zero.",
        ("versions.as-written",),
        (
            call(
                "CreateComponent",
                {**COMPONENT, "semanticVersion": "2019.12.02"},
                Answered({"componentBuildVersionArn": "<<own>>component/<<name>>/2019.12.02/1"}),
                made="componentBuildVersionArn",
            ),
            call(
                "GetComponent",
                {"componentBuildVersionArn": "<<made>>"},
                Answered({"component.version": "2019.12.02"}),
            ),
        ),
    ),
    (
        "zeros-are-equal",
        "2019.12.02 and 2019.12.2 are the same version: the second is its next build.",
        ("versions.zeros-are-equal",),
        (
            _component_at("2019.12.02"),
            call(
                "CreateComponent",
                {**COMPONENT, "semanticVersion": "2019.12.2", "data": OTHER_DOCUMENT},
                Answered({"componentBuildVersionArn": "<<own>>component/<<name>>/2019.12.2/2"}),
            ),
        ),
    ),
    (
        "next-build",
        "A component with changed content is the next build of its version.",
        ("versions.next-build", "versions.what-content-is"),
        (_component(1), _component(2, data=OTHER_DOCUMENT)),
    ),
    (
        "changed-description",
        "A description is a part of the content.",
        ("versions.what-content-is",),
        (_component(1), _component(2, description="another")),
    ),
    (
        "changed-os-versions",
        "The OS versions are a part of the content.",
        ("versions.what-content-is",),
        (_component(1), _component(2, supportedOsVersions=["Amazon Linux 2023"])),
    ),
    (
        "changed-tags",
        "Tags are no part of the content.",
        ("versions.what-content-is", "versions.same-content"),
        (
            _component(1),
            call("CreateComponent", {**COMPONENT, "tags": {"team": "web"}}, _SAME),
        ),
    ),
    (
        "changed-change-description",
        "The description of the change is no part of the content.",
        ("versions.what-content-is", "versions.same-content"),
        (
            _component(1),
            call("CreateComponent", {**COMPONENT, "changeDescription": "none"}, _SAME),
        ),
    ),
    (
        "same-content",
        "A component with unchanged content is refused.",
        ("versions.same-content",),
        (_component(1), call("CreateComponent", COMPONENT, _SAME)),
    ),
    (
        "back-to-older-content",
        "Content is compared with the newest build alone: older content is a build again.",
        ("versions.next-build",),
        (_component(1), _component(2, data=OTHER_DOCUMENT), _component(3)),
    ),
    (
        "next-workflow-build",
        "A workflow with changed content is the next build of its version.",
        ("versions.next-build",),
        tuple(
            call(
                "CreateWorkflow",
                {
                    "name": "<<name>>",
                    "semanticVersion": "1.0.0",
                    "type": "BUILD",
                    "data": document,
                },
                Answered(
                    {"workflowBuildVersionArn": f"<<own>>workflow/build/<<name>>/1.0.0/{number}"}
                ),
            )
            for number, document in ((1, WORKFLOW), (2, WORKFLOW.replace("Wait\n", "Stay\n")))
        ),
    ),
    (
        "wildcards",
        "A wildcard means the newest version that matches, by number and not by time.",
        ("versions.wildcards",),
        (
            _component_at("1.10.0"),
            _component_at("1.9.3"),
            _component_at("2.0.0"),
            _component_at("1.9.1"),
            _found_at("x.x.x", "2.0.0/1"),
            _found_at("1.x.x", "1.10.0/1"),
            _found_at("1.9.x", "1.9.3/1"),
            _found_at("1.9.1", "1.9.1/1"),
        ),
    ),
    (
        "number-behind-a-wildcard",
        "A number to the right of an x is refused.",
        ("versions.wildcards",),
        (
            call(
                "GetComponent",
                {"componentBuildVersionArn": "<<own>>component/<<name>>/1.x.8"},
                invalid(
                    "componentBuildVersionArn",
                    "The version '1.x.8' has a wildcard that is followed by a number. Every node "
                    "to the right of the first wildcard must be a wildcard.",
                ),
            ),
        ),
    ),
    (
        "latest-references",
        "A create answers the ARNs by which to follow the name.",
        ("versions.latest-references",),
        (
            call(
                "CreateComponent",
                {**COMPONENT, "semanticVersion": "1.2.3"},
                Answered(
                    {
                        "latestVersionReferences": {
                            "latestVersionArn": "<<own>>component/<<name>>/x.x.x",
                            "latestMajorVersionArn": "<<own>>component/<<name>>/1.x.x",
                            "latestMinorVersionArn": "<<own>>component/<<name>>/1.2.x",
                            "latestPatchVersionArn": "<<own>>component/<<name>>/1.2.3",
                        }
                    }
                ),
            ),
        ),
    ),
)

CLAIMS = claims_of("versions", _VERSIONS)
