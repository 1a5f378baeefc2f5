"""Both decorators on one class, in either order: nothing of either is left, and both are on."""

from __future__ import annotations

import os
import unittest

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws

# Which comes first is the lower one.
ORDERS = ["moto over ours", "ours over moto"]


@pytest.fixture(params=ORDERS)
def decorate(request):
    moto = pytest.importorskip("moto")
    first, second = mock_imagebuilder, moto.mock_aws
    if request.param == "ours over moto":
        first, second = second, first
    return lambda cls: second(first(cls))


@pytest.fixture
def environment(monkeypatch):
    """None of AWS's variables is set at first; the fixture tells which are set later."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    return lambda: {name: text for name, text in os.environ.items() if name.startswith("AWS_")}


def look_at_both():
    assert aws("imagebuilder").list_images()["imageVersionList"] == []
    assert aws("s3").list_buckets()["Buckets"] == []


def leave_something():
    look_at_both()
    aws("s3").create_bucket(Bucket="left")


def run(case):
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.testsRun
    assert [trace for _, trace in (*result.errors, *result.failures)] == []


def test_a_case_of_unittest(decorate, environment):
    class Case(unittest.TestCase):
        def test_a(self):
            leave_something()

        def test_b(self):
            leave_something()

    run(decorate(Case))

    assert environment() == {}


def test_a_case_of_unittest_with_a_set_up(decorate, environment):
    class Case(unittest.TestCase):
        def setUp(self):
            leave_something()

        def tearDown(self):
            assert [each["Name"] for each in aws("s3").list_buckets()["Buckets"]] == ["left"]

        def test_a(self):
            assert aws("imagebuilder").list_images()["imageVersionList"] == []

    def another(_self: object) -> None:
        assert aws("imagebuilder").list_images()["imageVersionList"] == []

    run(type("Derived", (decorate(Case),), {"test_b": another}))

    assert environment() == {}


def test_a_plain_class(decorate, environment):
    class Plain:
        def test_a(self):
            leave_something()

    pytest_runs(decorate(Plain), "test_a", "test_a")

    assert environment() == {}


def test_a_plain_class_with_a_set_up(decorate, environment):
    class Plain:
        def setup_method(self):
            leave_something()

        def teardown_method(self):
            assert aws("imagebuilder").list_images()["imageVersionList"] == []

        def test_a(self):
            assert [each["Name"] for each in aws("s3").list_buckets()["Buckets"]] == ["left"]

    pytest_runs(decorate(Plain), "test_a", "test_a")

    assert environment() == {}


def pytest_runs(cls, *names):
    """What pytest calls of a class: set-ups are looked up on the instance."""
    for name in names:
        test = cls()
        for each in ("setup_method", name, "teardown_method"):
            getattr(test, each, lambda: None)()
