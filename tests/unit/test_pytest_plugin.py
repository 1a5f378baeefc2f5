"""The pytest plugin: fixtures, marker and ini options, in runs of pytest inside of the test."""

from __future__ import annotations

import boto3
import pytest

from imagebuilder_mock import ImageBuilderMock, current_mock, mock_imagebuilder
from tests.builders import a_component, a_recipe

pytest_plugins = ["pytester"]

# Other plugins take seconds to load, and load what a test here says is not loaded.
WITHOUT_OTHERS = [
    option for name in ("cov", "hypothesispytest", "randomly") for option in ("-p", f"no:{name}")
]

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
        result = pytester.runpytest("-p", "no:randomly", *options)
        with pytest.raises(RuntimeError):
            current_mock()
        return result

    return run


# Fixtures


def test_the_mock_fixture_is_the_control_object(imagebuilder_mock):
    assert isinstance(imagebuilder_mock, ImageBuilderMock)
    assert current_mock() is imagebuilder_mock


def test_the_client_fixture_is_a_client_of_the_mock(imagebuilder, imagebuilder_mock):
    arn = a_component(imagebuilder)

    assert [resource.arn for resource in imagebuilder_mock.resources()] == [arn]


def test_the_client_fixture_alone_switches_on(imagebuilder):
    assert current_mock().calls.count() == 0
    imagebuilder.list_images()
    assert current_mock().calls.count("ListImages") == 1


def test_each_test_with_a_fixture_has_a_world_of_its_own(run):
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(number, imagebuilder, imagebuilder_mock):
            imagebuilder.create_infrastructure_configuration(
                name="same", instanceProfileName="builder"
            )
            assert len(imagebuilder_mock.resources()) == 1
        """
    )

    result.assert_outcomes(passed=2)


def test_the_mock_is_off_after_a_test_that_fails_or_is_skipped(run):
    result = run(
        """
        import pytest
        from imagebuilder_mock import current_mock

        def test_fails(imagebuilder): assert False

        @pytest.mark.imagebuilder
        def test_fails_too(): assert False

        @pytest.mark.imagebuilder
        def test_skips(): pytest.skip("not here")

        @pytest.mark.imagebuilder
        @pytest.mark.skip
        def test_is_skipped(): pass

        @pytest.mark.imagebuilder
        def test_cannot_be_set_up(no_such_fixture): pass

        def test_is_off():
            with pytest.raises(RuntimeError):
                current_mock()
        """
    )

    result.assert_outcomes(failed=2, skipped=2, errors=1, passed=1)


# Worlds


def test_the_pipeline_fixture_is_a_ready_pipeline(imagebuilder, imagebuilder_pipeline):
    [found] = imagebuilder.list_image_pipelines()["imagePipelineList"]

    assert (found["arn"], found["name"]) == (imagebuilder_pipeline.arn, "web")


@pytest.mark.imagebuilder(region="eu-west-1")
@pytest.mark.imagebuilder_pipeline(name="app", container=True)
@pytest.mark.imagebuilder_image(reason="The disk is full.")
def test_markers_have_the_arguments_of_the_world(
    imagebuilder, imagebuilder_pipeline, imagebuilder_image
):
    """The image is the pipeline's, and both are in the Region of the client."""
    image = imagebuilder.get_image(imageBuildVersionArn=imagebuilder_image)["image"]

    assert ":container-recipe/app/" in imagebuilder_pipeline.recipe_arn
    assert image["sourcePipelineArn"] == imagebuilder_pipeline.arn
    assert image["state"]["reason"] == "The disk is full."


@pytest.fixture
def a_recipe_of_its_own(imagebuilder):
    return a_recipe(imagebuilder, name="own")


@pytest.mark.imagebuilder_image(recipe="own")
@pytest.mark.usefixtures("a_recipe_of_its_own")
def test_an_image_of_a_recipe_needs_no_pipeline(imagebuilder, imagebuilder_image):
    assert ":image/own/" in imagebuilder_image
    assert imagebuilder.list_image_pipelines()["imagePipelineList"] == []


@pytest.mark.imagebuilder_pipeline(region="eu-west-1")
def test_an_image_is_in_the_region_of_its_pipeline(imagebuilder_image):
    assert imagebuilder_image.split(":")[3] == "eu-west-1"


def test_a_mistake_in_a_marker_of_the_world_is_explained(run):
    result = run(
        """
        import pytest

        @pytest.mark.imagebuilder_pipeline(schedule="daily")
        def test_schedule(imagebuilder_pipeline): pass

        @pytest.mark.imagebuilder_image(state="PENDING")
        def test_state(imagebuilder_image): pass

        @pytest.mark.imagebuilder_image("FAILED")
        def test_position(imagebuilder_image): pass

        @pytest.mark.imagebuilder_image(created="2024-01-31")
        def test_date(imagebuilder_image): pass
        """
    )

    result.assert_outcomes(errors=4)
    assert "During handling of" not in str(result.stdout), "a mistake is shown once"
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
    result.stdout.fnmatch_lines(
        [
            "*imagebuilder_pipeline: No pipeline 'web' can be added: *Invalid schedule expression*",
            "*imagebuilder_image: state='PENDING': a finished image is in one of *",
            "*@pytest.mark.imagebuilder_image takes keyword options only, such as state='FAILED'.",
            "*imagebuilder_image: created= needs a datetime with a time zone, not '2024-01-31': *",
        ]
    )


def test_a_marker_of_a_fixture_that_the_test_does_not_use_is_an_error(run):
    result = run(
        """
        import pytest

        @pytest.mark.imagebuilder_image(state="FAILED")
        def test_image(imagebuilder_pipeline): pass

        @pytest.mark.imagebuilder_pipeline(container=True)
        def test_pipeline(): pass

        @pytest.mark.imagebuilder_pipeline(container=True)
        def test_failed(): assert False

        @pytest.mark.imagebuilder_image(state="FAILED")
        @pytest.mark.imagebuilder_pipeline(container=True)
        def test_both(request): request.getfixturevalue("imagebuilder_image")

        @pytest.mark.imagebuilder_image(state="FAILED")
        class TestSome:
            def test_with(self, imagebuilder_image): pass
            def test_without(self): pass

        class TestOwn:
            @pytest.fixture
            def imagebuilder_image(self, request):
                return request.node.get_closest_marker("imagebuilder_image").kwargs["state"]

            @pytest.mark.imagebuilder_image(state="FAILED")
            def test_own(self, imagebuilder_image): assert imagebuilder_image == "FAILED"
        """
    )

    result.assert_outcomes(passed=6, failed=1, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*imagebuilder_image: the marker has arguments of the fixture imagebuilder_image*",
            "*imagebuilder_pipeline: the marker has *@pytest.mark.usefixtures('imagebuilder_pipel*",
        ]
    )


# Marker


@pytest.mark.imagebuilder
def test_the_marker_switches_on_by_itself():
    assert current_mock().resources() == []


@pytest.mark.imagebuilder(builds="held", account_id="210987654321")
def test_the_marker_sets_options(imagebuilder, imagebuilder_mock):
    assert current_mock() is imagebuilder_mock
    assert imagebuilder_mock.options == {"builds": "held", "account_id": "210987654321"}
    assert ":210987654321:" in a_component(imagebuilder)


@pytest.fixture
def made_by_a_fixture():
    yield a_component(boto3.client("imagebuilder", region_name="us-east-1"))
    assert len(current_mock().resources()) == 1


@pytest.mark.imagebuilder
def test_the_mock_of_a_marker_is_on_around_the_fixtures_of_the_test(made_by_a_fixture):
    assert [resource.arn for resource in current_mock().resources()] == [made_by_a_fixture]


@pytest.mark.imagebuilder(builds="held", seed=7, region="eu-west-1")
class TestMarkedClass:
    def test_has_the_options_of_the_class(self, imagebuilder_mock, imagebuilder):
        assert imagebuilder_mock.options == {"builds": "held", "seed": 7}
        assert imagebuilder.meta.region_name == "eu-west-1"

    @pytest.mark.imagebuilder(builds="clock", region="eu-west-2")
    def test_may_have_closer_ones(self, imagebuilder_mock, imagebuilder):
        assert imagebuilder_mock.options == {"builds": "clock", "seed": 7}
        assert imagebuilder.meta.region_name == "eu-west-2"


def test_a_marked_unittest_class_has_the_mock_on(run):
    result = run(
        """
        import unittest
        import pytest
        from imagebuilder_mock import current_mock

        @pytest.mark.imagebuilder(builds="held")
        class Case(unittest.TestCase):
            def setUp(self): self.options = current_mock().options
            def test_it(self): self.assertEqual(self.options, {"builds": "held"})
        """
    )

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        (
            "build='held'",
            "mock_imagebuilder() has no option 'build'. Did you mean 'builds'? It has: *",
        ),
        ("builds='slow'", "builds='slow': choose one of 'observed', 'instant', 'clock', 'held'."),
        ("'held'", "@pytest.mark.imagebuilder takes keyword options only, such as builds='held'."),
        ("seed='7'", "seed='7': give int, not str."),
    ],
)
@pytest.mark.parametrize("fixture", ["", "imagebuilder"])
def test_a_wrong_marker_fails_its_test_with_an_explanation(run, marker, message, fixture):
    result = run(
        f"""
        import pytest

        @pytest.mark.imagebuilder({marker})
        def test_it({fixture}): pass

        def test_other(imagebuilder): pass
        """
    )

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.re_match_lines([r"imagebuilder_mock: \S"])
    assert "During handling of" not in str(result.stdout), "a mistake is shown once"
    result.stdout.fnmatch_lines([f"imagebuilder_mock: {message.replace('[', '[[]')}"])
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_a_marker_and_a_decorator_that_disagree_are_explained(run):
    result = run(
        """
        import pytest
        from imagebuilder_mock import mock_imagebuilder

        @pytest.mark.imagebuilder(builds="held")
        @mock_imagebuilder(builds="instant")
        def test_it(): pass
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ValueError: builds='instant', but the mock that is on already*"])


def test_the_marker_is_known_to_strict_runs_and_listed(run):
    marked = "import pytest\n@pytest.mark.imagebuilder\ndef test_it(): pass"

    run(marked, "--strict-markers").assert_outcomes(passed=1)
    run(marked, "--markers").stdout.fnmatch_lines(["@pytest.mark.imagebuilder(*options): *"])


# Ini options


def test_ini_options_are_those_of_fixtures_and_markers(run, pytester):
    pytester.makeini(
        """
        [pytest]
        imagebuilder_builds = held
        imagebuilder_region = eu-west-1
        imagebuilder_account_id = 210987654321
        imagebuilder_quotas = false
        imagebuilder_seed = 7
        imagebuilder_calls_kept_bytes = 0
        imagebuilder_now = 2026-01-01T00:00:00Z
        imagebuilder_inspector = false
        imagebuilder_neighbours = off
        imagebuilder_unknown_members = ignore
        imagebuilder_state = state.json
        """
    )
    with mock_imagebuilder() as mock:
        mock.save(pytester.path / "state.json")
    result = run(
        """
        from datetime import datetime, timezone
        from pathlib import Path
        import pytest
        from imagebuilder_mock.world.settings import OPTIONS

        OF_THE_FILE = {
            "now": datetime(2026, 1, 1, tzinfo=timezone.utc),
            "inspector": False,
            "neighbours": "off",
            "unknown_members": "ignore",
            "state": Path(__file__).parent / "state.json",
            "builds": "held",
            "account_id": "210987654321",
            "quotas": False,
            "seed": 7,
            "calls_kept_bytes": 0,
        }

        def test_fixture(imagebuilder, imagebuilder_mock):
            assert imagebuilder_mock.options == OF_THE_FILE
            assert OF_THE_FILE.keys() == OPTIONS.keys()
            assert imagebuilder.meta.region_name == "eu-west-1"

        @pytest.mark.imagebuilder(builds="clock")
        def test_marker(imagebuilder_mock):
            assert imagebuilder_mock.options == OF_THE_FILE | {"builds": "clock"}
        """,
        "--strict-config",
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("builds = slow", "builds='slow': choose one of *"),
        ("account_id = 1234", "account_id='1234': an account is a string of 12 digits."),
        ("seed = seven", "imagebuilder_seed = 'seven': give a whole number."),
        ("now = 2024-01-31", "imagebuilder_now = '2024-01-31': give a time with its zone, such *"),
        ("calls_kept_bytes = -1", "calls_kept_bytes=-1: give a number of bytes, or 0 *"),
        ("quotas = none", "imagebuilder_quotas = 'none': give true, false, or some quotas*"),
        ("state = none.json", "*No such file or directory: '*none.json'"),
    ],
)
def test_a_wrong_ini_option_fails_the_tests_that_use_it_with_an_explanation(
    run, pytester, option, message
):
    pytester.makeini(f"[pytest]\nimagebuilder_{option}")
    result = run("def test_it(imagebuilder): pass\ndef test_other(): pass")

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines([f"imagebuilder_mock: {message}"])


# The Region of the client


@pytest.mark.parametrize(
    ("marker", "environment", "ini", "region"),
    [
        (
            "region='eu-west-1'",
            {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"},
            "eu-north-1",
            "eu-west-1",
        ),
        ("", {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "x-1"}, "eu-north-1", "eu-west-2"),
        ("", {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-3"}, "eu-north-1", "eu-west-3"),
        ("", {}, "eu-north-1", "eu-north-1"),
        ("", {}, "", "us-east-1"),
    ],
    ids=["marker", "AWS_REGION", "AWS_DEFAULT_REGION", "ini", "none"],
)
def test_where_the_region_of_the_client_comes_from(
    run, pytester, monkeypatch, marker, environment, ini, region
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    pytester.makeini(f"[pytest]\nimagebuilder_region = {ini}")

    result = run(
        f"""
        import pytest

        @pytest.mark.imagebuilder({marker})
        def test_it(imagebuilder):
            assert imagebuilder.meta.region_name == {region!r}
        """
    )

    result.assert_outcomes(passed=1)


# Beside other tests


def test_a_run_that_does_not_use_the_plugin_does_not_import_botocore(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_it():
            assert "imagebuilder_mock.pytest_plugin" in sys.modules
            assert "imagebuilder_mock.mock" not in sys.modules
            assert not {"botocore", "boto3", "yaml", "responses"} & sys.modules.keys()
        """
    )

    pytester.runpytest_subprocess(*WITHOUT_OTHERS).assert_outcomes(passed=1)


@pytest.mark.needs("xdist")
def test_tests_can_run_in_several_processes(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.imagebuilder(builds="held")
        @pytest.mark.parametrize("number", range(4))
        def test_it(number, imagebuilder, imagebuilder_mock, worker_id):
            assert worker_id in ("gw0", "gw1")
            imagebuilder.create_infrastructure_configuration(
                name="same", instanceProfileName="builder"
            )
            assert len(imagebuilder_mock.resources()) == 1
        """
    )

    pytester.runpytest_subprocess("-n", "2", *WITHOUT_OTHERS).assert_outcomes(passed=4)
