"""Filters of lists, and the entries that they let through."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    Answered,
    Call,
    Own,
    Refused,
    Row,
    call,
    claims_of,
    clash,
    invalid,
)

from .standing import COMPONENT, TEST_DOCUMENT


def _own(*arns: str, member: str = "arn") -> Answered:
    return Answered(
        {"componentVersionList": Own([f"<<own>>component/{arn}" for arn in arns], member)}
    )


def _filtered(
    expected: Answered | Refused, *filters: tuple[str, list[str]], **more: object
) -> Call:
    """The caller's components that pass filters."""
    params = {
        "filters": [{"name": name, "values": values} for name, values in filters],
        **more,
    }
    return Call(operation="ListComponents", params=params, expected=expected, all_pages=True)


def _named(suffix: str, **params: object) -> Call:
    return call("CreateComponent", {**COMPONENT, "name": f"<<name>>-{suffix}", **params})


_THREE = (_named("a"), _named("b", platform="macOS"), _named("c", data=TEST_DOCUMENT))

_FILTERS: tuple[Row, ...] = (
    (
        "filter-values",
        "Several values of a filter mean or.",
        ("lists.filter-values",),
        (
            *_THREE,
            _filtered(
                _own("<<name>>-a/1.0.0", "<<name>>-c/1.0.0"),
                ("name", ["<<name>>-a", "<<name>>-c"]),
            ),
        ),
    ),
    (
        "case-of-values",
        "The values of a filter are case-sensitive.",
        ("lists.filter-values",),
        (
            _named("a"),
            _filtered(_own(), ("name", ["<<name>>-A"])),
        ),
    ),
    (
        "several-filters",
        "Several filters mean and.",
        ("lists.several-filters",),
        (
            *_THREE,
            _filtered(_own("<<name>>-b/1.0.0"), ("name", ["<<name>>*"]), ("platform", ["macOS"])),
            _filtered(_own("<<name>>-c/1.0.0"), ("name", ["<<name>>*"]), ("type", ["TEST"])),
        ),
    ),
    (
        "name-that-begins",
        "An asterisk at the end of a name finds the names that begin with it.",
        ("lists.name-filter-wildcards",),
        (
            *_THREE,
            _filtered(
                _own("<<name>>-a/1.0.0", "<<name>>-b/1.0.0", "<<name>>-c/1.0.0"),
                ("name", ["<<name>>*"]),
            ),
        ),
    ),
    (
        "name-that-contains",
        "Asterisks around a name find the names that contain it.",
        ("lists.name-filter-wildcards",),
        (
            _named("a"),
            _filtered(_own("<<name>>-a/1.0.0"), ("name", ["*name-that-contains-a*"])),
        ),
    ),
    (
        "unknown-filter",
        "A filter that the operation does not have is refused with those that it has.",
        ("lists.unknown-filter",),
        (
            _filtered(
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
            _filtered(
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
            _filtered(
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
            _filtered(
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
