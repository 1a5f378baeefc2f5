"""Tags: their form, their number, and what has them."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import Call, Expected, call, claim
from imagebuilder_mock.domain.errors import InvalidParameterException, not_found, not_valid

from .standing import ARNS, create


def _tags(arn: str, expected: Expected) -> Call:
    return call("ListTagsForResource", {"resourceArn": arn}, expected)


def _refused(detail: str) -> InvalidParameterException:
    return InvalidParameterException(not_valid("tags", detail))


CLAIMS = (
    claim(
        "tags.form-error",
        "In the tagging operations a value of the wrong form is an InvalidParameterException.",
        ("tags.form-error",),
        call(
            "TagResource",
            {"resourceArn": "<<component>>", "tags": {}},
            _refused("'tags' must contain at least 1 entries"),
        ),
    ),
    claim(
        "tags.fifty",
        "The fifty-first tag is refused.",
        ("tags.fifty",),
        create("Component"),
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
            _refused("A resource can have at most 50 tags."),
        ),
    ),
    claim(
        "tags.untagging",
        "Removing a tag that is not there is not an error.",
        ("tags.untagging",),
        create("Component", tags={"a": "1", "b": "2"}),
        call("UntagResource", {"resourceArn": "<<made>>", "tagKeys": ["b", "c"]}),
        _tags("<<made>>", {"tags": {"a": "1"}}),
    ),
    claim(
        "tags.on-builds",
        "The tags of a component are those of its build version.",
        ("tags.on-builds",),
        create("Component", tags={"a": "1"}),
        _tags(ARNS["Component"], {"tags": {"a": "1"}}),
        _tags(
            "<<own>>component/<<name>>/1.0.0",
            not_found("Component", "<<own>>component/<<name>>/1.0.0"),
        ),
    ),
    claim(
        "tags.of-nothing",
        "Listing the tags of a resource that does not exist is refused.",
        ("requests.not-found-sentence",),
        _tags(ARNS["ImageRecipe"], not_found("ImageRecipe", ARNS["ImageRecipe"])),
    ),
)
