"""Filters of lists, and the entries that they let through."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import A_TIME, Own, call, claim
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value

from .standing import TEST_DOCUMENT, components_listed, create, listed

_A = create("Component", name="<<name>>-a")
_THREE = (
    _A,
    create("Component", name="<<name>>-b", platform="macOS"),
    create("Component", name="<<name>>-c", data=TEST_DOCUMENT),
)
_ALL_OF_IT = ["<<name>>*"]

CLAIMS = (
    claim(
        "lists.filter-values",
        "A filter with several values lets through what matches one of them.",
        ("lists.filter-values",),
        *_THREE,
        components_listed({"name": ["<<name>>-a", "<<name>>-c"]}, "<<name>>-a", "<<name>>-c"),
    ),
    claim(
        "lists.case-of-values",
        "The values of a filter are case-sensitive.",
        ("lists.filter-values",),
        _A,
        components_listed({"name": ["<<name>>-A"]}),
    ),
    claim(
        "lists.several-filters",
        "Several filters let through what matches all of them.",
        ("lists.several-filters",),
        *_THREE,
        components_listed({"name": _ALL_OF_IT, "platform": ["macOS"]}, "<<name>>-b"),
        components_listed({"name": _ALL_OF_IT, "type": ["TEST"]}, "<<name>>-c"),
    ),
    claim(
        "lists.name-that-begins",
        "An asterisk at the end of a name finds the names that begin with it.",
        ("lists.name-filter-wildcards",),
        *_THREE,
        components_listed({"name": _ALL_OF_IT}, "<<name>>-a", "<<name>>-b", "<<name>>-c"),
    ),
    claim(
        "lists.name-that-contains",
        "Asterisks around a name find the names that contain it.",
        ("lists.name-filter-wildcards",),
        _A,
        components_listed({"name": ["*name-that-contains-a*"]}, "<<name>>-a"),
    ),
    claim(
        "lists.unknown-filter",
        "The refusal of an unknown filter names the filters that the operation has.",
        ("lists.unknown-filter",),
        listed(
            "ListComponents",
            {"colour": ["red"]},
            invalid_value(
                "filters[0].name",
                "'colour' is not a filter of this operation. Valid filters are: description, "
                "name, platform, productCodes, status, supportedOsVersion, type, version.",
            ),
        ),
    ),
    claim(
        "lists.case-of-filters",
        "The name of a filter is case-sensitive.",
        ("lists.filter-values", "lists.unknown-filter"),
        call(
            "ListImageRecipes",
            {"filters": [{"name": "Name", "values": ["a"]}]},
            invalid_value(
                "filters[0].name",
                "'Name' is not a filter of this operation. Valid filters are: name, "
                "parentImage, platform.",
            ),
        ),
    ),
    claim(
        "lists.by-name-and-version",
        "Images cannot be listed by name and filtered by version at once.",
        ("lists.by-name-and-version", "requests.combination-code"),
        call(
            "ListImages",
            {"byName": True, "filters": [{"name": "version", "values": ["1.0.0"]}]},
            invalid_combination(
                "filters",
                "You cannot list Images by name and filter by version in the same request.",
            ),
        ),
    ),
    claim(
        "lists.components-by-name-and-version",
        "Components cannot be listed by name and filtered by version at once.",
        ("lists.by-name-and-version",),
        listed(
            "ListComponents",
            {"version": ["1.0.0"]},
            invalid_combination(
                "filters",
                "You cannot list Components by name and filter by version in the same request.",
            ),
            byName=True,
        ),
    ),
    claim(
        "lists.components-by-name",
        "By name, a component has one entry: that of its newest version.",
        ("lists.owner",),
        create("Component", semanticVersion="2.0.0"),
        create("Component"),
        listed(
            "ListComponents",
            {"name": ["<<name>>"]},
            {"componentVersionList": Own(["<<name>>"], "name")},
            byName=True,
        ),
    ),
    claim(
        "lists.component-entry",
        "The entry of a component version has these members.",
        ("lists.owner",),
        create("Component", description="says hello"),
        listed(
            "ListComponents",
            {"name": ["<<name>>"]},
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
            },
        ),
    ),
)
