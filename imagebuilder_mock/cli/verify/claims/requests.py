"""The form of a request, and the sentences that refuse it: claims that hold for all operations."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    Answered,
    Call,
    Claim,
    Refused,
    call,
    claims_of,
    clash,
    form,
    invalid,
)

from .standing import COMPONENT

_FORM = ("requests.form-error-sentence", "requests.form-error-code")
_OTHER = ("requests.other-form-sentences", "requests.form-error-code")
_INVALID_REQUEST = "InvalidRequestException"

# The sentence, the request, what is refused, how, and the rows that it proves.
_FORMS: tuple[tuple[str, str, str, dict[str, Any], Refused, tuple[str, ...]], ...] = (
    (
        "malformed-arn",
        "An ARN without a version is refused by its pattern.",
        "GetComponent",
        {"componentBuildVersionArn": "<<own>>component/<<run>>"},
        form(
            "componentBuildVersionArn",
            r"must match pattern ^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws(?:-[a-z-]+)?"
            r"|third-party):component/[a-z0-9-_]+/(?:(?:([0-9]+|x)\.([0-9]+|x)\.([0-9]+|x))|(?:[0-9]+\.[0-9]+\."
            r"[0-9]+/[0-9]+))$",
        ),
        (*_FORM, "requests.pattern-sentence"),
    ),
    (
        "version-pattern",
        "The pattern of a version is named without quotes around the parameter.",
        "CreateComponent",
        {**COMPONENT, "semanticVersion": "1.0.x"},
        invalid("semanticVersion", r"semanticVersion must match pattern ^[0-9]+\.[0-9]+\.[0-9]+$"),
        (*_FORM, "requests.pattern-sentence"),
    ),
    (
        "too-few-items",
        "An empty list where there has to be something is told by the number of items.",
        "ListComponents",
        {"filters": []},
        form("filters", "must contain at least 1 items"),
        (*_FORM, "requests.too-few-items-sentence"),
    ),
    (
        "too-few-items-inside",
        "A parameter inside others is named by its path, with positions in brackets.",
        "CreateDistributionConfiguration",
        {
            "name": "<<name>>",
            "distributions": [
                {
                    "region": "<<region>>",
                    "amiDistributionConfiguration": {"targetAccountIds": []},
                }
            ],
        },
        form(
            "distributions[0].amiDistributionConfiguration.targetAccountIds",
            "must contain at least 1 items",
        ),
        (*_FORM, "requests.too-few-items-sentence"),
    ),
    (
        "too-many-items",
        "Too many items are told by the number that there may be.",
        "ListComponents",
        {"filters": [{"name": "name", "values": ["a"]}] * 11},
        form("filters", "must contain at most 10 items"),
        _OTHER,
    ),
    (
        "empty-text",
        "An empty text where there has to be one is told by its length.",
        "CreateComponent",
        {**COMPONENT, "description": ""},
        form("description", "must contain at least 1 characters"),
        _OTHER,
    ),
    (
        "long-text",
        "Too long a text is told by its length.",
        "CreateComponent",
        {**COMPONENT, "description": "d" * 1025},
        form("description", "must contain at most 1024 characters"),
        _OTHER,
    ),
    (
        "low-number",
        "A number below its bound is told by the bound.",
        "ListComponents",
        {"maxResults": 0},
        form("maxResults", "must be at least 1"),
        _OTHER,
    ),
    (
        "high-number",
        "A number over its bound is told by the bound.",
        "ListComponents",
        {"maxResults": 101},
        form("maxResults", "must be at most 100"),
        _OTHER,
    ),
    (
        "enum",
        "A value outside an enum is told by the values that there are, in the model's order.",
        "CreateComponent",
        {**COMPONENT, "platform": "Plan9"},
        form("platform", "must be one of [Windows, Linux, macOS]"),
        _OTHER,
    ),
    (
        "wrong-type",
        "A value of another type is told by the type.",
        "ListComponents",
        {"maxResults": "many"},
        form("maxResults", "must be an integer"),
        _OTHER,
    ),
    (
        "missing-member",
        "A member that has to be there is told to be required.",
        "CreateComponent",
        {name: value for name, value in COMPONENT.items() if name != "platform"},
        form("platform", "is required"),
        _OTHER,
    ),
    (
        "line-feed-in-a-name",
        "A pattern has to match the whole name, a line feed at its end included.",
        "CreateComponent",
        {**COMPONENT, "name": "<<name>>\n"},
        form("name", r"must match pattern ^[-_A-Za-z-0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z-0-9]$"),
        ("requests.patterns-and-lengths",),
    ),
    (
        "digits-of-other-scripts",
        "A digit in a pattern is an ASCII digit.",
        "CreateComponent",
        {**COMPONENT, "semanticVersion": "1.0.\u0663"},
        invalid("semanticVersion", r"semanticVersion must match pattern ^[0-9]+\.[0-9]+\.[0-9]+$"),
        ("requests.patterns-and-lengths",),
    ),
    (
        "neither-of-two",
        "Of two members exactly one has to be given: with neither, the combination is refused.",
        "CreateComponent",
        {name: value for name, value in COMPONENT.items() if name != "data"},
        clash("data", "You must specify exactly one of 'data' and 'uri'."),
        ("requests.combination-code", "requests.codes-of-documented-rules"),
    ),
    (
        "both-of-two",
        "Of two members exactly one has to be given: both are refused as a combination.",
        "CreateComponent",
        {**COMPONENT, "uri": "s3://<<run>>/document.yml"},
        clash("data", "You must specify exactly one of 'data' and 'uri'."),
        ("requests.combination-code", "requests.codes-of-documented-rules"),
    ),
)

# A body as it is sent, and what comes of it.
_NO_JSON = Refused(_INVALID_REQUEST, "The request body is not valid JSON.")
_BODIES: tuple[tuple[str, str, str, Refused | Answered, tuple[str, ...]], ...] = (
    (
        "unknown-member",
        "A member that the model does not have is passed over.",
        '{"colour": "red"}',
        Answered(),
        ("requests.unknown-members",),
    ),
    (
        "list-for-a-body",
        "A body that is not a JSON object is refused as such.",
        "[]",
        Refused(_INVALID_REQUEST, "The request body must be a JSON object."),
        ("requests.not-a-json-object",),
    ),
    ("no-json", "A body that is no JSON is refused.", "{", _NO_JSON, ("requests.malformed-text",)),
    (
        "not-a-number",
        "NaN is no JSON.",
        '{"maxResults": NaN}',
        _NO_JSON,
        ("requests.malformed-text",),
    ),
    (
        "half-a-character",
        "Half of a surrogate pair is no text.",
        r'{"nextToken": "\ud800"}',
        _NO_JSON,
        ("requests.malformed-text",),
    ),
    (
        "null-member",
        "A member that is null counts as absent.",
        '{"owner": null}',
        Answered(),
        ("requests.null-and-repeated-keys",),
    ),
    (
        "null-in-a-list",
        "A null in a list is refused.",
        '{"filters": [null]}',
        form("filters[0]", "must be a structure"),
        ("requests.null-and-repeated-keys",),
    ),
    (
        "repeated-key",
        "Of a key that comes twice, the last one counts.",
        '{"maxResults": 0, "maxResults": 1}',
        Answered(),
        ("requests.null-and-repeated-keys",),
    ),
)

CLAIMS: tuple[Claim, ...] = claims_of(
    "requests",
    (
        *(
            (key, sentence, rows, (call(operation, params, refusal),))
            for key, sentence, operation, params, refusal, rows in _FORMS
        ),
        *(
            (key, sentence, rows, (Call(operation="ListComponents", body=body, expected=expected),))
            for key, sentence, body, expected, rows in _BODIES
        ),
    ),
)
