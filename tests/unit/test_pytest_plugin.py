"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Loaded before the inner runs: pytester takes away what they load, and a second copy of the module
# would have a switch of its own.
import imagebuilder_mock.mock  # noqa: F401

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester):
    """Run a test file in pytest's own process; the answer is what it counted."""

    def runner(text, *arguments, ini=""):
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess(
            "-p", "no:randomly", "-p", "no:cacheprovider", *arguments
        )

    return runner


def test_the_fixtures_give_a_client_and_the_control_object(run):
    result = run(
        """
        def test_both(imagebuilder, imagebuilder_mock):
            assert imagebuilder.list_images()["imageVersionList"] == []
            assert imagebuilder_mock.calls.count("ListImages") == 1
            assert imagebuilder.meta.region_name == "us-east-1"
        """
    )

    result.assert_outcomes(passed=1)


def test_each_test_has_a_world_of_its_own(run):
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("_", range(2))
        def test_empty(imagebuilder, imagebuilder_mock, _):
            imagebuilder.create_infrastructure_configuration(
                name="web", instanceProfileName="builder"
            )
            assert len(imagebuilder_mock.resources()) == 1

        def test_off():
            from imagebuilder_mock import current_mock
            with pytest.raises(RuntimeError):
                current_mock()
        """
    )

    result.assert_outcomes(passed=3)


def test_the_marker_sets_options_and_is_enough(run):
    result = run(
        """
        import boto3
        import pytest
        from imagebuilder_mock import current_mock

        @pytest.mark.imagebuilder(account_id="111122223333", builds="held")
        class TestMarked:
            def test_alone(self):
                client = boto3.client("imagebuilder", region_name="us-east-1")
                arn = client.create_infrastructure_configuration(
                    name="web", instanceProfileName="builder"
                )["infrastructureConfigurationArn"]
                assert ":111122223333:" in arn

            @pytest.mark.imagebuilder(builds="instant", region="eu-west-1")
            def test_the_closest_wins(self, imagebuilder, imagebuilder_mock):
                assert imagebuilder_mock is current_mock()
                assert imagebuilder_mock.options == {
                    "account_id": "111122223333", "builds": "instant",
                }
                assert imagebuilder.meta.region_name == "eu-west-1"
        """
    )

    result.assert_outcomes(passed=2)


def test_the_mock_is_on_around_the_fixtures_of_a_marked_test(run):
    result = run(
        """
        import boto3
        import pytest

        @pytest.fixture
        def made():
            client = boto3.client("imagebuilder", region_name="us-east-1")
            yield client.create_infrastructure_configuration(
                name="web", instanceProfileName="builder"
            )
            assert client.list_infrastructure_configurations()

        @pytest.mark.imagebuilder
        def test_it(made, imagebuilder_mock):
            assert len(imagebuilder_mock.resources()) == 1
        """
    )

    result.assert_outcomes(passed=1)


def test_options_come_from_the_configuration_file(run):
    result = run(
        """
        def test_it(imagebuilder, imagebuilder_mock):
            assert imagebuilder_mock.options == {
                "builds": "held", "account_id": "111122223333", "quotas": False, "seed": 5,
            }
            assert imagebuilder.meta.region_name == "ap-south-1"
        """,
        ini="imagebuilder_builds = held\nimagebuilder_account_id = 111122223333\n"
        "imagebuilder_quotas = false\nimagebuilder_seed = 5\nimagebuilder_region = ap-south-1\n",
    )

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_environments_region_goes_before_the_configuration_file(run, monkeypatch, variable):
    monkeypatch.setenv(variable, "sa-east-1")

    result = run(
        """
        def test_it(imagebuilder):
            assert imagebuilder.meta.region_name == "sa-east-1"
        """,
        ini="imagebuilder_region = ap-south-1\n",
    )

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "ini", "text"),
    [
        ("imagebuilder('held')", "", "keyword options only"),
        ("imagebuilder(build='held')", "", "has no option 'build'"),
        ("imagebuilder", "imagebuilder_seed = many\n", "give a whole number"),
        ("imagebuilder", "imagebuilder_quotas = some\n", "give true or false"),
    ],
    ids=["positional", "unknown", "seed", "quotas"],
)
def test_a_wrong_option_is_explained(run, marker, ini, text):
    result = run(
        f"""
        import pytest

        @pytest.mark.{marker}
        def test_it(imagebuilder):
            pass
        """,
        ini=ini,
    )

    assert result.ret != 0
    assert text in result.stdout.str() + result.stderr.str()


def test_a_run_that_does_not_use_it_does_not_load_botocore(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test_it():\n    assert 'botocore' not in sys.modules\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:moto", "-p", "no:cacheprovider"]

    done = subprocess.run(  # noqa: S603 - our own program
        [*command, str(tmp_path)], capture_output=True, check=False, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout


def test_it_works_in_the_processes_of_xdist(pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_it(imagebuilder, number):
            imagebuilder.create_infrastructure_configuration(
                name=f"web-{number}", instanceProfileName="builder"
            )
            answer = imagebuilder.list_infrastructure_configurations()
            assert len(answer["infrastructureConfigurationSummaryList"]) == 1
        """
    )

    result = pytester.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider")

    result.assert_outcomes(passed=6)
