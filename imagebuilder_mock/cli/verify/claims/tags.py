"""Tags: their form, their number, and what has them."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    Answered,
    Refused,
    Row,
    call,
    claims_of,
    not_found,
)

from .standing import COMPONENT

_TAGS: tuple[Row, ...] = (
    (
        "form-error",
        "In the tagging operations a value of the wrong form is an InvalidParameterException.",
        ("tags.form-error",),
        (
            call(
                "TagResource",
                {"resourceArn": "<<component>>", "tags": {}},
                Refused(
                    "InvalidParameterException",
                    "The value supplied for parameter 'tags' is not valid. 'tags' must contain at "
                    "least 1 entries",
                ),
            ),
        ),
    ),
    (
        "fifty",
        "The fifty-first tag is refused.",
        ("tags.fifty",),
        (
            call("CreateComponent", COMPONENT, made="componentBuildVersionArn"),
            *(
                call(
                    "TagResource",
                    {
                        "resourceArn": "<<made>>",
                        "tags": {f"{part}-{number}": "a" for number in range(25)},
                    },
                )
                for part in ("first", "second")
            ),
            call(
                "TagResource",
                {"resourceArn": "<<made>>", "tags": {"one-more": "a"}},
                Refused(
                    "InvalidParameterException",
                    "The value supplied for parameter 'tags' is not valid. A resource can have at "
                    "most 50 tags.",
                ),
            ),
        ),
    ),
    (
        "untagging",
        "Untagging a key that is not there is no error.",
        ("tags.untagging",),
        (
            call(
                "CreateComponent",
                {**COMPONENT, "tags": {"a": "1", "b": "2"}},
                made="componentBuildVersionArn",
            ),
            call("UntagResource", {"resourceArn": "<<made>>", "tagKeys": ["b", "c"]}),
            call(
                "ListTagsForResource", {"resourceArn": "<<made>>"}, Answered({"tags": {"a": "1"}})
            ),
        ),
    ),
    (
        "on-builds",
        "The tags of a component are those of its build version.",
        ("tags.on-builds",),
        (
            call("CreateComponent", {**COMPONENT, "tags": {"a": "1"}}),
            call(
                "ListTagsForResource",
                {"resourceArn": "<<own>>component/<<name>>/1.0.0/1"},
                Answered({"tags": {"a": "1"}}),
            ),
            call(
                "ListTagsForResource",
                {"resourceArn": "<<own>>component/<<name>>/1.0.0"},
                not_found("Component", "<<own>>component/<<name>>/1.0.0"),
            ),
        ),
    ),
    (
        "of-nothing",
        "The tags of what does not exist are no empty list.",
        ("requests.not-found-sentence",),
        (
            call(
                "ListTagsForResource",
                {"resourceArn": "<<own>>image-recipe/<<name>>/1.0.0"},
                not_found("ImageRecipe", "<<own>>image-recipe/<<name>>/1.0.0"),
            ),
        ),
    ),
)

CLAIMS = claims_of("tags", _TAGS)
