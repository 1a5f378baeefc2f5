"""Quotas: AWS's numbers, all of them, some of them, or none."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.errors import ServiceQuotaExceededException
from imagebuilder_mock.domain.quotas import DEFAULTS, Quotas


def is_refused(quotas: Quotas, name: str, count: int) -> bool:
    try:
        quotas.check(name, count)
    except ServiceQuotaExceededException:
        return True
    return False


def test_a_refusal_names_the_quota_and_its_limit():
    with pytest.raises(ServiceQuotaExceededException) as caught:
        Quotas(setting=True).check("image pipelines", 76)

    assert caught.value.message == (
        "The request would exceed the quota for image pipelines, which is 75."
    )


@pytest.mark.parametrize(
    ("name", "limit"),
    [("components", 1000), ("image pipelines", 75), ("concurrent builds", 100)],
)
def test_the_default_limit_can_be_reached_and_not_passed(name, limit):
    """AWS General Reference, EC2 Image Builder endpoints and quotas."""
    quotas = Quotas(setting=True)

    assert not is_refused(quotas, name, limit)
    assert is_refused(quotas, name, limit + 1)


def test_false_lifts_all():
    assert not any(is_refused(Quotas(setting=False), name, 10**6) for name in DEFAULTS)


def test_a_mapping_sets_some_and_leaves_the_others():
    quotas = Quotas({"components": 2})

    assert is_refused(quotas, "components", 3)
    assert not is_refused(quotas, "image pipelines", 75)
    assert is_refused(quotas, "image pipelines", 76)
