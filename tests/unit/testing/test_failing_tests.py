"""What a failing test is shown with, in runs of pytest inside of the test."""

from __future__ import annotations

import boto3
import pytest

from imagebuilder_mock import mock_imagebuilder

pytest_plugins = ["pytester"]

# pytester forgets what an inner run was the first to import, and two copies of botocore, of yaml or
# of the mock would be one too many.
with mock_imagebuilder() as outer_mock:
    outer_mock.pipelines.add()
    boto3.client("imagebuilder", region_name="us-east-1").list_images()


@pytest.fixture
def run(pytester):
    """Run a test file, in the order in which it is written."""

    def run(text, *options):
        pytester.makepyfile(text)
        return pytester.runpytest("-p", "no:randomly", *options)

    return run


def test_a_failing_test_shows_the_last_calls_and_the_builds(run):
    result = run(
        """
        import pytest
        from tests.builders import a_build

        def test_it(imagebuilder):
            a_build(imagebuilder)
            assert False

        @pytest.mark.imagebuilder
        def test_marked(imagebuilder):
            imagebuilder.list_images(owner="Amazon")
            assert False

        def test_without():
            assert False
        """
    )

    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "*- imagebuilder_mock -*",
            "Last calls:",
            "* us-east-1 CreateImage(*",
            "Builds:",
            "arn:aws:imagebuilder:us-east-1:123456789012:image/*/1.0.0/1 PENDING",
            "*- imagebuilder_mock -*",
            "* us-east-1 ListImages(owner='Amazon')",
        ]
    )
    assert str(result.stdout).count("- imagebuilder_mock -") == 2


def test_a_failing_test_shows_them_however_the_mock_was_switched_on(run):
    result = run(
        """
        import unittest

        import boto3
        import pytest
        from imagebuilder_mock import mock_imagebuilder

        def look():
            boto3.client("imagebuilder", "us-east-1").list_images(owner="Amazon")
            assert False

        @mock_imagebuilder
        def test_decorated():
            look()

        def test_with():
            with mock_imagebuilder():
                look()

        @mock_imagebuilder
        class TestCase(unittest.TestCase):
            def test_it(self):
                look()

        @mock_imagebuilder
        class TestClass:
            def test_it(self):
                look()

        class TestSubclass(TestCase):
            def test_it(self):
                look()

        def test_without():
            assert False

        @mock_imagebuilder
        def test_another_error_is_expected():
            with pytest.raises(AssertionError), mock_imagebuilder():
                look()
            assert False
        """
    )

    result.assert_outcomes(failed=7)
    assert str(result.stdout).count("- imagebuilder_mock -") == 6
    assert str(result.stdout).count(" us-east-1 ListImages(owner='Amazon')") == 6


def test_what_surrounds_a_test_of_a_class_shows_them_too(run):
    """What a test of a class does is undone at its end, and its report tells of it nevertheless."""
    result = run(
        """
        import unittest

        import boto3
        from imagebuilder_mock import mock_imagebuilder

        def look():
            boto3.client("imagebuilder", "us-east-1").list_images(owner="Amazon")
            assert False

        @mock_imagebuilder
        class TestSetUp(unittest.TestCase):
            def setUp(self): look()
            def test_it(self): pass

        @mock_imagebuilder
        class TestTearDown(unittest.IsolatedAsyncioTestCase):
            async def asyncTearDown(self): look()
            def test_it(self): pass

        @mock_imagebuilder
        class TestSetUpMethod:
            def setup_method(self): look()
            def test_it(self): pass

        @mock_imagebuilder
        class TestTearDownMethod:
            def teardown_method(self): look()
            def test_it(self): pass
        """
    )

    result.assert_outcomes(failed=2, passed=1, errors=2)
    assert str(result.stdout).count(" us-east-1 ListImages(owner='Amazon')") == 4


def test_a_test_that_passes_shows_nothing(run):
    result = run("def test_it(imagebuilder):\n    imagebuilder.list_images()", "-rA")

    assert "Last calls" not in str(result.stdout)
