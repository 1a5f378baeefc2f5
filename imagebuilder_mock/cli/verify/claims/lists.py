"""Lists: pages, order, tokens, owners, what does not exist, and what filters let through."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import A_TEXT, A_TIME, ABSENT, Entries, Own, call, claim
from imagebuilder_mock.domain.errors import (
    InvalidPaginationTokenException,
    invalid_combination,
    invalid_value,
)

from .standing import (
    ARNS,
    DOCUMENT,
    OTHER_DOCUMENT,
    TEST_DOCUMENT,
    builds_listed,
    components_listed,
    create,
    listed,
)

_BUILDS = tuple(
    create("Component", data=document) for document in (DOCUMENT, OTHER_DOCUMENT, TEST_DOCUMENT)
)
_BAD_TOKEN = InvalidPaginationTokenException(
    "The value supplied for parameter 'nextToken' is not valid. 'nextToken' must be a token from "
    "a previous response of this operation.",
)
_AMAZON = {"owner": "Amazon"}
_AGGREGATIONS = "ListImageScanFindingAggregations"

_A = create("Component", name="<<name>>-a")
_THREE = (
    _A,
    create("Component", name="<<name>>-b", platform="macOS"),
    create("Component", name="<<name>>-c", data=TEST_DOCUMENT),
)
_ALL_OF_IT = ["<<name>>*"]

CLAIMS = (
    claim(
        "lists.page-size",
        "By default a page has 25 entries, and a token for the next page.",
        ("lists.page-size",),
        call("ListComponents", _AMAZON, {"componentVersionList": Entries(25), "nextToken": A_TEXT}),
    ),
    claim(
        "lists.smaller-pages",
        "maxResults makes the pages smaller; the last one has no token.",
        ("lists.page-size", "lists.builds-newest-first"),
        *_BUILDS,
        builds_listed(
            {"componentSummaryList": Entries(2), "nextToken": A_TEXT},
            {"maxResults": 2},
            page="nextToken",
        ),
        builds_listed(
            {"componentSummaryList": Entries(1), "nextToken": ABSENT},
            {"maxResults": 2, "nextToken": "<<page>>"},
        ),
    ),
    claim(
        "lists.filtered-pages",
        "A filter is applied to a page after it was cut: a short page may have a next one.",
        ("lists.filters-after-paging",),
        call(
            "ListComponents",
            {**_AMAZON, "filters": [{"name": "name", "values": ["<<run>>-nothing"]}]},
            {"componentVersionList": [], "nextToken": A_TEXT},
        ),
    ),
    claim(
        "lists.newest-build-first",
        "The builds of a version are listed from the newest.",
        ("lists.builds-newest-first",),
        *_BUILDS,
        builds_listed(
            {
                "componentSummaryList": Own(
                    [f"<<own>>component/<<name>>/1.0.0/{number}" for number in (3, 2, 1)]
                )
            }
        ),
    ),
    claim(
        "lists.order-of-components",
        "Components are listed in the order of their creation.",
        ("lists.order",),
        *(create("Component", name=f"<<name>>-{letter}") for letter in "bca"),
        components_listed({"name": ["<<name>>*"]}, *(f"<<name>>-{letter}" for letter in "bca")),
    ),
    claim(
        "lists.order-of-distributions",
        "Distribution configurations are listed in the order of their creation.",
        ("lists.order", "lists.name-filter-wildcards"),
        *(create("DistributionConfiguration", name=f"<<name>>-{letter}") for letter in "bca"),
        listed(
            "ListDistributionConfigurations",
            {"name": ["<<name>>*"]},
            {
                "distributionConfigurationSummaryList": Own(
                    [f"<<own>>distribution-configuration/<<name>>-{letter}" for letter in "bca"]
                )
            },
        ),
    ),
    claim(
        "lists.token-of-another-list",
        "A token is good only in the list that gave it.",
        ("lists.foreign-token",),
        call("ListComponents", _AMAZON, page="nextToken"),
        call("ListImages", {**_AMAZON, "nextToken": "<<page>>"}, _BAD_TOKEN),
    ),
    claim(
        "lists.token-of-another-owner",
        "A token is not good for another owner's resources.",
        ("lists.foreign-token",),
        call("ListComponents", _AMAZON, page="nextToken"),
        call("ListComponents", {"owner": "Self", "nextToken": "<<page>>"}, _BAD_TOKEN),
    ),
    claim(
        "lists.made-up-token",
        "A token that no list gave is refused.",
        ("lists.foreign-token",),
        call("ListComponents", {"nextToken": "made-up"}, _BAD_TOKEN),
    ),
    claim(
        "lists.unknown-version",
        "For a version that does not exist, the list of builds is empty.",
        ("lists.unknown-arn",),
        builds_listed({"componentSummaryList": [], "nextToken": ABSENT}),
    ),
    claim(
        "lists.unknown-pipeline",
        "For a pipeline that does not exist, the list of images is empty.",
        ("lists.unknown-arn",),
        call(
            "ListImagePipelineImages",
            {"imagePipelineArn": ARNS["ImagePipeline"]},
            {"imageSummaryList": [], "nextToken": ABSENT},
        ),
    ),
    claim(
        "lists.owner",
        "Without an owner, the caller's own resources are listed.",
        ("lists.owner",),
        create("Component"),
        components_listed({"name": ["<<name>>"]}, "<<name>>"),
        components_listed({"name": ["<<name>>"]}, owner="Amazon"),
    ),
    claim(
        "lists.owner-of-container-recipes",
        "Container recipes are listed for three owners.",
        ("requests.codes-of-documented-rules",),
        call(
            "ListContainerRecipes",
            {"owner": "ThirdParty"},
            invalid_value("owner", "Container recipes can be listed for Self, Shared, Amazon."),
        ),
    ),
    claim(
        "lists.unknown-aggregation",
        "A vulnerability that does not exist has no aggregation.",
        ("scanning.unknown-aggregation",),
        call(
            _AGGREGATIONS,
            {"filter": {"name": "vulnerabilityId", "values": ["CVE-1999-0000"]}},
            {"aggregationType": "vulnerabilityId", "responses": []},
        ),
    ),
    claim(
        "lists.account-aggregation",
        "An account always has an aggregation.",
        ("scanning.unknown-aggregation",),
        call(
            _AGGREGATIONS,
            {},
            {"aggregationType": "accountId", "responses": Entries(1), "nextToken": ABSENT},
        ),
    ),
    claim(
        "lists.aggregation-of-two",
        "The filter of an aggregation has exactly one value.",
        ("scanning.aggregation-filter",),
        call(
            _AGGREGATIONS,
            {"filter": {"name": "vulnerabilityId", "values": ["CVE-1", "CVE-2"]}},
            invalid_value("filter.values", "A filter of scan findings has exactly one value."),
        ),
    ),
    claim(
        "lists.executions-of-nothing",
        "For a lifecycle policy that does not exist, the list of executions is empty.",
        ("lifecycle.listing",),
        call(
            "ListLifecycleExecutions",
            {"resourceArn": ARNS["LifecyclePolicy"]},
            {"lifecycleExecutions": []},
        ),
    ),
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
