"""Lists: pages, order, tokens, owners, and what is listed of nothing."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    A_TEXT,
    ABSENT,
    Answered,
    Call,
    Entries,
    Own,
    Refused,
    Row,
    call,
    claims_of,
    invalid,
)

from .standing import AMI, COMPONENT, DOCUMENT, OTHER_DOCUMENT, TEST_DOCUMENT, filtered, named, own

_BUILDS = tuple(
    call("CreateComponent", {**COMPONENT, "data": document})
    for document in (DOCUMENT, OTHER_DOCUMENT, TEST_DOCUMENT)
)
_VERSION = {"componentVersionArn": "<<own>>component/<<name>>/1.0.0"}
_BAD_TOKEN = Refused(
    "InvalidPaginationTokenException",
    "The value supplied for parameter 'nextToken' is not valid. 'nextToken' must be a token from "
    "a previous response of this operation.",
)
_AMAZON = {"owner": "Amazon"}


_LISTS: tuple[Row, ...] = (
    (
        "page-size",
        "A page has 25 entries where nothing else is said, and a token.",
        ("lists.page-size",),
        (
            call(
                "ListComponents",
                _AMAZON,
                Answered({"componentVersionList": Entries(25), "nextToken": A_TEXT}),
            ),
        ),
    ),
    (
        "smaller-pages",
        "maxResults makes the pages smaller; the last one has no token.",
        ("lists.page-size", "lists.builds-newest-first"),
        (
            *_BUILDS,
            call(
                "ListComponentBuildVersions",
                {**_VERSION, "maxResults": 2},
                Answered({"componentSummaryList": Entries(2), "nextToken": A_TEXT}),
                page="nextToken",
            ),
            call(
                "ListComponentBuildVersions",
                {**_VERSION, "maxResults": 2, "nextToken": "<<page>>"},
                Answered({"componentSummaryList": Entries(1), "nextToken": ABSENT}),
            ),
        ),
    ),
    (
        "filtered-pages",
        "A filter is applied to a page that was cut before: it may be short and have a next one.",
        ("lists.filters-after-paging",),
        (
            call(
                "ListComponents",
                {**_AMAZON, "filters": [{"name": "name", "values": ["<<run>>-nothing"]}]},
                Answered({"componentVersionList": [], "nextToken": A_TEXT}),
            ),
        ),
    ),
    (
        "newest-build-first",
        "The builds of a version are listed from the newest.",
        ("lists.builds-newest-first",),
        (
            *_BUILDS,
            call(
                "ListComponentBuildVersions",
                _VERSION,
                Answered(
                    {
                        "componentSummaryList": Own(
                            [
                                "<<own>>component/<<name>>/1.0.0/3",
                                "<<own>>component/<<name>>/1.0.0/2",
                                "<<own>>component/<<name>>/1.0.0/1",
                            ]
                        )
                    }
                ),
            ),
        ),
    ),
    (
        "order-of-components",
        "Components are listed in the order of their creation.",
        ("lists.order",),
        (
            named("b"),
            named("c"),
            named("a"),
            filtered(
                own("<<name>>-b/1.0.0", "<<name>>-c/1.0.0", "<<name>>-a/1.0.0"),
                ("name", ["<<name>>*"]),
            ),
        ),
    ),
    (
        "order-of-distributions",
        "Distribution configurations are listed in the order of their creation.",
        ("lists.order", "lists.name-filter-wildcards"),
        (
            *(
                call(
                    "CreateDistributionConfiguration",
                    {"name": f"<<name>>-{suffix}", "distributions": [AMI]},
                )
                for suffix in "bca"
            ),
            Call(
                operation="ListDistributionConfigurations",
                params={"filters": [{"name": "name", "values": ["<<name>>*"]}]},
                expected=Answered(
                    {
                        "distributionConfigurationSummaryList": Own(
                            [f"<<own>>distribution-configuration/<<name>>-{each}" for each in "bca"]
                        )
                    }
                ),
                all_pages=True,
            ),
        ),
    ),
    (
        "token-of-another-list",
        "A token is good only in the list that gave it.",
        ("lists.foreign-token",),
        (
            call("ListComponents", _AMAZON, page="nextToken"),
            call("ListImages", {**_AMAZON, "nextToken": "<<page>>"}, _BAD_TOKEN),
        ),
    ),
    (
        "token-of-another-owner",
        "A token is not good for another owner's resources.",
        ("lists.foreign-token",),
        (
            call("ListComponents", _AMAZON, page="nextToken"),
            call("ListComponents", {"owner": "Self", "nextToken": "<<page>>"}, _BAD_TOKEN),
        ),
    ),
    (
        "made-up-token",
        "A token that no list gave is refused.",
        ("lists.foreign-token",),
        (call("ListComponents", {"nextToken": "made-up"}, _BAD_TOKEN),),
    ),
    (
        "unknown-version",
        "The builds of a version that does not exist are an empty list.",
        ("lists.unknown-arn",),
        (
            call(
                "ListComponentBuildVersions",
                _VERSION,
                Answered({"componentSummaryList": [], "nextToken": ABSENT}),
            ),
        ),
    ),
    (
        "unknown-pipeline",
        "The images of a pipeline that does not exist are an empty list.",
        ("lists.unknown-arn",),
        (
            call(
                "ListImagePipelineImages",
                {"imagePipelineArn": "<<own>>image-pipeline/<<name>>"},
                Answered({"imageSummaryList": [], "nextToken": ABSENT}),
            ),
        ),
    ),
    (
        "owner",
        "Without an owner, the caller's own are listed.",
        ("lists.owner",),
        (
            call("CreateComponent", COMPONENT),
            filtered(own("<<name>>/1.0.0"), ("name", ["<<name>>"])),
            filtered(own(), ("name", ["<<name>>"]), owner="Amazon"),
        ),
    ),
    (
        "owner-of-container-recipes",
        "Container recipes are listed for three owners.",
        ("requests.codes-of-documented-rules",),
        (
            call(
                "ListContainerRecipes",
                {"owner": "ThirdParty"},
                invalid("owner", "Container recipes can be listed for Self, Shared, Amazon."),
            ),
        ),
    ),
    (
        "unknown-aggregation",
        "A vulnerability that does not exist has no aggregation.",
        ("scanning.unknown-aggregation",),
        (
            call(
                "ListImageScanFindingAggregations",
                {"filter": {"name": "vulnerabilityId", "values": ["CVE-1999-0000"]}},
                Answered({"aggregationType": "vulnerabilityId", "responses": []}),
            ),
        ),
    ),
    (
        "account-aggregation",
        "An account always has an aggregation.",
        ("scanning.unknown-aggregation",),
        (
            call(
                "ListImageScanFindingAggregations",
                {},
                Answered(
                    {"aggregationType": "accountId", "responses": Entries(1), "nextToken": ABSENT}
                ),
            ),
        ),
    ),
    (
        "aggregation-of-two",
        "The filter of an aggregation has exactly one value.",
        ("scanning.aggregation-filter",),
        (
            call(
                "ListImageScanFindingAggregations",
                {"filter": {"name": "vulnerabilityId", "values": ["CVE-1", "CVE-2"]}},
                invalid("filter.values", "A filter of scan findings has exactly one value."),
            ),
        ),
    ),
    (
        "executions-of-nothing",
        "The lifecycle executions of a policy that does not exist are an empty list.",
        ("lifecycle.listing",),
        (
            call(
                "ListLifecycleExecutions",
                {"resourceArn": "<<own>>lifecycle-policy/<<name>>"},
                Answered({"lifecycleExecutions": []}),
            ),
        ),
    ),
)

CLAIMS = claims_of("lists", _LISTS)
