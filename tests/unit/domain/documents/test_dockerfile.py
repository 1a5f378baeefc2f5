"""The placeholders of Dockerfile templates. Source: user guide, create-container-recipes."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.dockerfile import check_dockerfile_template
from imagebuilder_mock.domain.documents.errors import DocumentError

PARENT = "{{{ imagebuilder:parentImage }}}"
ENVIRONMENTS = "{{{ imagebuilder:environments }}}"
COMPONENTS = "{{{ imagebuilder:components }}}"


@pytest.mark.parametrize(
    ("lines", "has_components"),
    [
        pytest.param([f"FROM {PARENT}"], False, id="parent"),
        pytest.param([f"FROM {PARENT}", ENVIRONMENTS, COMPONENTS], True, id="all"),
        pytest.param([f"FROM {PARENT}", COMPONENTS, ENVIRONMENTS], False, id="no-components"),
        pytest.param(["FROM {{{imagebuilder:parentImage}}}"], False, id="no-spaces"),
        pytest.param([f"FROM {PARENT}", "RUN echo {{{ other }}}"], False, id="other-braces"),
    ],
)
def test_what_is_taken(lines, has_components):
    check_dockerfile_template("\n".join(lines), has_components=has_components)


@pytest.mark.parametrize(
    ("lines", "has_components", "sentence"),
    [
        pytest.param(
            ["FROM scratch"],
            False,
            f"The Dockerfile template must contain '{PARENT}'.",
            id="no-parent",
        ),
        pytest.param(
            ["FROM {{ imagebuilder:parentImage }}"],
            False,
            f"The Dockerfile template must contain '{PARENT}'.",
            id="two-braces",
        ),
        pytest.param(
            [f"FROM {PARENT}", COMPONENTS],
            True,
            f"The Dockerfile template must contain '{ENVIRONMENTS}'.",
            id="no-environments",
        ),
        pytest.param(
            [f"FROM {PARENT}", ENVIRONMENTS],
            True,
            f"The Dockerfile template must contain '{COMPONENTS}'.",
            id="no-place-for-components",
        ),
        pytest.param(
            [f"FROM {PARENT}", COMPONENTS, ENVIRONMENTS],
            True,
            f"'{ENVIRONMENTS}' must come before '{COMPONENTS}' in the Dockerfile template.",
            id="order",
        ),
        pytest.param(
            [f"FROM {PARENT}", "{{{ imagebuilder:base }}}"],
            False,
            "The placeholder '{{{ imagebuilder:base }}}' is not supported.",
            id="unknown",
        ),
    ],
)
def test_what_is_refused(lines, has_components, sentence):
    with pytest.raises(DocumentError) as caught:
        check_dockerfile_template("\n".join(lines), has_components=has_components)

    assert caught.value.detail == sentence
