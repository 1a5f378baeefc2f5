"""The form of a request, and the sentences that refuse it: claims that hold for all operations."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import ACCEPTED, Call, Expected, call, claim, form
from imagebuilder_mock.domain.errors import (
    InvalidRequestException,
    invalid_combination,
    invalid_value,
)

from .standing import Case, cases, create, get

_FORM = ("requests.form-error-sentence", "requests.form-error-code")
_OTHER = ("requests.other-form-sentences", "requests.form-error-code")
_PATTERNS = ("requests.patterns-and-lengths",)
_ONE_OF_TWO = ("requests.combination-code", "requests.codes-of-documented-rules")
_DATA_OR_URI = invalid_combination("data", "You must specify exactly one of 'data' and 'uri'.")
_VERSION = invalid_value(
    "semanticVersion", r"semanticVersion must match pattern ^[0-9]+\.[0-9]+\.[0-9]+$"
)

_COMPONENTS: tuple[Case, ...] = (
    Case(
        "version-pattern",
        "In the refusal of a version, the parameter before the pattern has no quotes.",
        (*_FORM, "requests.pattern-sentence"),
        {"semanticVersion": "1.0.x"},
        _VERSION,
    ),
    Case(
        "digits-of-other-scripts",
        "A digit in a pattern is an ASCII digit.",
        _PATTERNS,
        {"semanticVersion": "1.0.\u0663"},
        _VERSION,
    ),
    Case(
        "line-feed-in-a-name",
        "A pattern has to match the whole name, including a line feed at its end.",
        _PATTERNS,
        {"name": "<<name>>\n"},
        form("name", r"must match pattern ^[-_A-Za-z-0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z-0-9]$"),
    ),
    Case(
        "empty-text",
        "For an empty text that must not be empty, the refusal names the shortest length.",
        _OTHER,
        {"description": ""},
        form("description", "must contain at least 1 characters"),
    ),
    Case(
        "long-text",
        "For a text that is too long, the refusal names the longest length.",
        _OTHER,
        {"description": "d" * 1025},
        form("description", "must contain at most 1024 characters"),
    ),
    Case(
        "enum",
        "For a value outside an enum, the refusal names its values in the model's order.",
        _OTHER,
        {"platform": "Plan9"},
        form("platform", "must be one of [Windows, Linux, macOS]"),
    ),
    Case(
        "missing-member",
        "For a required member that is missing, the refusal says that it is required.",
        _OTHER,
        {"platform": None},
        form("platform", "is required"),
    ),
    Case(
        "neither-of-two",
        "Exactly one of two members has to be given: neither is refused as a combination.",
        _ONE_OF_TWO,
        {"data": None},
        _DATA_OR_URI,
    ),
    Case(
        "both-of-two",
        "Exactly one of two members has to be given: both are refused as a combination.",
        _ONE_OF_TWO,
        {"uri": "s3://<<run>>/document.yml"},
        _DATA_OR_URI,
    ),
)


def _sent(body: str, expected: Expected = ACCEPTED) -> Call:
    return Call(operation="ListComponents", body=body, expected=expected)


_NO_JSON = InvalidRequestException("The request body is not valid JSON.")

CLAIMS = (
    *cases("requests", "Component", _COMPONENTS),
    claim(
        "requests.malformed-arn",
        "An ARN without a version is refused by its pattern.",
        (*_FORM, "requests.pattern-sentence"),
        get(
            "Component",
            form(
                "componentBuildVersionArn",
                r"must match pattern ^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws(?:-[a-z-]+)?"
                r"|third-party):component/[a-z0-9-_]+/(?:(?:([0-9]+|x)\.([0-9]+|x)\.([0-9]+|x))|"
                r"(?:[0-9]+\.[0-9]+\.[0-9]+/[0-9]+))$",
            ),
            "<<own>>component/<<run>>",
        ),
    ),
    claim(
        "requests.too-few-items",
        "For an empty list that must not be empty, the refusal names the smallest number.",
        (*_FORM, "requests.too-few-items-sentence"),
        call("ListComponents", {"filters": []}, form("filters", "must contain at least 1 items")),
    ),
    claim(
        "requests.too-few-items-inside",
        "A parameter inside others is named by its path, with positions in brackets.",
        (*_FORM, "requests.too-few-items-sentence"),
        create(
            "DistributionConfiguration",
            distributions=[
                {
                    "region": "<<region>>",
                    "amiDistributionConfiguration": {"targetAccountIds": []},
                }
            ],
            expected=form(
                "distributions[0].amiDistributionConfiguration.targetAccountIds",
                "must contain at least 1 items",
            ),
        ),
    ),
    claim(
        "requests.too-many-items",
        "For a list that is too long, the refusal names the greatest number.",
        _OTHER,
        call(
            "ListComponents",
            {"filters": [{"name": "name", "values": ["a"]}] * 11},
            form("filters", "must contain at most 10 items"),
        ),
    ),
    claim(
        "requests.low-number",
        "For a number that is too low, the refusal names the bound.",
        _OTHER,
        call("ListComponents", {"maxResults": 0}, form("maxResults", "must be at least 1")),
    ),
    claim(
        "requests.high-number",
        "For a number that is too high, the refusal names the bound.",
        _OTHER,
        call("ListComponents", {"maxResults": 101}, form("maxResults", "must be at most 100")),
    ),
    claim(
        "requests.wrong-type",
        "For a value of another type, the refusal names the type.",
        _OTHER,
        call("ListComponents", {"maxResults": "many"}, form("maxResults", "must be an integer")),
    ),
    claim(
        "requests.unknown-member",
        "A member that the model does not have is ignored.",
        ("requests.unknown-members",),
        _sent('{"colour": "red"}'),
    ),
    claim(
        "requests.list-for-a-body",
        "A body that is not a JSON object is refused as such.",
        ("requests.not-a-json-object",),
        _sent("[]", InvalidRequestException("The request body must be a JSON object.")),
    ),
    claim(
        "requests.no-json",
        "A body that is not JSON is refused.",
        ("requests.malformed-text",),
        _sent("{", _NO_JSON),
    ),
    claim(
        "requests.not-a-number",
        "A body with NaN is refused: it is not JSON.",
        ("requests.malformed-text",),
        _sent('{"maxResults": NaN}', _NO_JSON),
    ),
    claim(
        "requests.half-a-character",
        "A body with half of a surrogate pair is refused.",
        ("requests.malformed-text",),
        _sent(r'{"nextToken": "\ud800"}', _NO_JSON),
    ),
    claim(
        "requests.null-member",
        "A member that is null counts as absent.",
        ("requests.null-and-repeated-keys",),
        _sent('{"owner": null}'),
    ),
    claim(
        "requests.null-in-a-list",
        "A null in a list is refused.",
        ("requests.null-and-repeated-keys",),
        _sent('{"filters": [null]}', form("filters[0]", "must be a structure")),
    ),
    claim(
        "requests.repeated-key",
        "If a key comes twice, the last one counts.",
        ("requests.null-and-repeated-keys",),
        _sent('{"maxResults": 0, "maxResults": 1}'),
    ),
)
