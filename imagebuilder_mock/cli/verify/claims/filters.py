"""Filters of lists, and the entries that they let through."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    Answered,
    Own,
    Row,
    call,
    claims_of,
    clash,
    invalid,
)

from .standing import COMPONENT, TEST_DOCUMENT, filtered, named, own

_THREE = (named("a"), named("b", platform="macOS"), named("c", data=TEST_DOCUMENT))

_FILTERS: tuple[Row, ...] = (
    (
        "filter-values",
        "Several values of a filter mean or.",
        ("lists.filter-values",),
        (
            *_THREE,
            filtered(
                own("<<name>>-a/1.0.0", "<<name>>-c/1.0.0"),
                ("name", ["<<name>>-a", "<<name>>-c"]),
            ),
        ),
    ),
    (
        "case-of-values",
        "The values of a filter are case-sensitive.",
        ("lists.filter-values",),
        (
            named("a"),
            filtered(own(), ("name", ["<<name>>-A"])),
        ),
    ),
    (
        "several-filters",
        "Several filters mean and.",
        ("lists.several-filters",),
        (
            *_THREE,
            filtered(own("<<name>>-b/1.0.0"), ("name", ["<<name>>*"]), ("platform", ["macOS"])),
            filtered(own("<<name>>-c/1.0.0"), ("name", ["<<name>>*"]), ("type", ["TEST"])),
        ),
    ),
    (
        "name-that-begins",
        "An asterisk at the end of a name finds the names that begin with it.",
        ("lists.name-filter-wildcards",),
        (
            *_THREE,
            filtered(
                own("<<name>>-a/1.0.0", "<<name>>-b/1.0.0", "<<name>>-c/1.0.0"),
                ("name", ["<<name>>*"]),
            ),
        ),
    ),
    (
        "name-that-contains",
        "Asterisks around a name find the names that contain it.",
        ("lists.name-filter-wildcards",),
        (
            named("a"),
            filtered(own("<<name>>-a/1.0.0"), ("name", ["*name-that-contains-a*"])),
        ),
    ),
    (
        "unknown-filter",
        "A filter that the operation does not have is refused with those that it has.",
        ("lists.unknown-filter",),
        (
            filtered(
                invalid(
                    "filters[0].name",
                    "'colour' is not a filter of this operation. Valid filters are: description, "
                    "name, platform, productCodes, status, supportedOsVersion, type, version.",
                ),
                ("colour", ["red"]),
            ),
        ),
    ),
    (
        "case-of-filters",
        "The name of a filter is case-sensitive.",
        ("lists.filter-values", "lists.unknown-filter"),
        (
            call(
                "ListImageRecipes",
                {"filters": [{"name": "Name", "values": ["a"]}]},
                invalid(
                    "filters[0].name",
                    "'Name' is not a filter of this operation. Valid filters are: name, "
                    "parentImage, platform.",
                ),
            ),
        ),
    ),
    (
        "by-name-and-version",
        "Images are not listed by name and filtered by version at once.",
        ("lists.by-name-and-version", "requests.combination-code"),
        (
            call(
                "ListImages",
                {"byName": True, "filters": [{"name": "version", "values": ["1.0.0"]}]},
                clash(
                    "filters",
                    "You cannot list Images by name and filter by version in the same request.",
                ),
            ),
        ),
    ),
    (
        "components-by-name-and-version",
        "Components are not listed by name and filtered by version at once.",
        ("lists.by-name-and-version",),
        (
            filtered(
                clash(
                    "filters",
                    "You cannot list Components by name and filter by version in the same request.",
                ),
                ("version", ["1.0.0"]),
                byName=True,
            ),
        ),
    ),
    (
        "components-by-name",
        "By name, a component is one entry, which is that of its newest version.",
        ("lists.owner",),
        (
            call("CreateComponent", {**COMPONENT, "semanticVersion": "2.0.0"}),
            call("CreateComponent", COMPONENT),
            filtered(
                Answered({"componentVersionList": Own(["<<name>>"], "name")}),
                ("name", ["<<name>>"]),
                byName=True,
            ),
        ),
    ),
    (
        "component-entry",
        "The entry of a component version has these members.",
        ("lists.owner",),
        (
            call("CreateComponent", {**COMPONENT, "description": "says hello"}),
            filtered(
                Answered(
                    {
                        "componentVersionList": Own(
                            [
                                {
                                    "arn": "<<own>>component/<<name>>/1.0.0",
                                    "name": "<<name>>",
                                    "version": "1.0.0",
                                    "description": "says hello",
                                    "platform": "Linux",
                                    "type": "BUILD",
                                    "owner": "<<account>>",
                                    "dateCreated": A_TIME,
                                    "status": "ACTIVE",
                                }
                            ],
                            "",
                        )
                    }
                ),
                ("name", ["<<name>>"]),
            ),
        ),
    ),
)

CLAIMS = claims_of("lists", _FILTERS)
