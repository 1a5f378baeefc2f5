"""What the pytest plugin says of tests: orders that nothing met, and calls without a mock."""

from __future__ import annotations

import boto3
import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder

pytest_plugins = ["pytester"]

# pytester forgets what an inner run was the first to import.
with mock_imagebuilder() as outer_mock:
    outer_mock.pipelines.add()
    boto3.client("imagebuilder", region_name="us-east-1").list_images()


@pytest.fixture
def run(pytester):
    """Run a test file, in the order in which it is written."""

    def run(text, *options, ini=""):
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile(text)
        result = pytester.runpytest("-p", "no:randomly", *options)
        with pytest.raises(RuntimeError):
            current_mock()
        return result

    return run


IN_VAIN = """
    import unittest
    import pytest
    from imagebuilder_mock import current_mock, mock_imagebuilder

    def order(): current_mock().builds.fail_next(component="hardning")

    def test_fixture(imagebuilder_mock): order()

    @pytest.mark.imagebuilder
    def test_marker(): order()

    @mock_imagebuilder
    def test_decorator(): order()

    def test_context():
        with mock_imagebuilder(): order()

    @mock_imagebuilder
    class TestClass:
        def test_class(self): order()

    @mock_imagebuilder
    class TestCase(unittest.TestCase):
        def test_case(self): order()
"""


def test_an_order_that_nothing_meets_is_an_error_however_the_mock_is_switched_on(run):
    result = run(IN_VAIN)

    result.assert_outcomes(passed=6, errors=6)
    result.stdout.fnmatch_lines(
        [
            "imagebuilder_mock: Nothing has met 1 order of this test:",
            "  mock.builds.fail_next(component='hardning')",
            "    No build has started.",
            "An order that need not be met takes optional=True.*imagebuilder_unmet = warn *",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_orders_that_nothing_meets_may_be_a_warning_or_nothing(run):
    warned = run(IN_VAIN, "-W", "default", ini="imagebuilder_unmet = warn")
    warned.assert_outcomes(passed=6, warnings=6)
    warned.stdout.fnmatch_lines(["*PytestWarning: imagebuilder_mock: Nothing has met 1 order*"])

    run(IN_VAIN, ini="imagebuilder_unmet = ignore").assert_outcomes(passed=6)

    wrong = run(IN_VAIN, ini="imagebuilder_unmet = warning")
    wrong.stderr.fnmatch_lines(["ERROR: imagebuilder_unmet = warning: give error, warn, ignore."])


def test_what_is_met_optional_taken_back_or_left_to_chance_is_no_error(run):
    result = run(
        """
        def test_it(imagebuilder, imagebuilder_mock):
            faults = imagebuilder_mock.faults
            imagebuilder_mock.builds.fail_next(optional=True)
            imagebuilder_mock.builds.set_outputs("Check", {"output": "{}"}, optional=True)
            faults.add("GetImage", error=500, optional=True)
            faults.add("GetImage", error=500, probability=0.5)
            faults.remove(faults.add("GetImage", error=500))
            faults.add("ListImages", latency=1, times=None)
            imagebuilder.list_images()

        def test_reset(imagebuilder_mock):
            imagebuilder_mock.builds.fail_next()
            imagebuilder_mock.reset()
        """
    )

    result.assert_outcomes(passed=2)


def test_what_a_class_a_module_or_a_file_brings_along_is_of_no_test(run, tmp_path):
    path = tmp_path / "state.json"
    with mock_imagebuilder() as mock:
        mock.builds.fail_next()
        mock.save(path)
    result = run(
        f"""
        import unittest
        import pytest
        from imagebuilder_mock import current_mock, mock_imagebuilder

        @pytest.fixture(scope="class")
        def shared():
            with mock_imagebuilder() as mock:
                mock.builds.fail_next()
                yield mock

        class TestShared:
            def test_one(self, shared): pass

            def test_in_vain(self, shared): shared.faults.add("GetImage", error=500)

            def test_two(self, shared): pass

        @mock_imagebuilder
        class Case(unittest.TestCase):
            @classmethod
            def setUpClass(cls): current_mock().builds.fail_next()
            def test_it(self): pass

        @mock_imagebuilder(state={str(path)!r})
        def test_file(): pass

        def test_snapshot(imagebuilder_mock, other):
            imagebuilder_mock.restore(other)

        @pytest.fixture(scope="session")
        def other():
            with mock_imagebuilder() as mock:
                mock.builds.fail_next()
                return mock.snapshot()
        """
    )

    result.assert_outcomes(passed=6, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of TestShared.test_in_vain*"])


def test_a_failed_test_lists_them_in_its_report_and_has_no_error_more(run):
    result = run(
        """
        import unittest
        import pytest
        from imagebuilder_mock import current_mock, mock_imagebuilder

        def test_fixture(imagebuilder_mock):
            imagebuilder_mock.faults.add("GetImage", error=500)
            assert False

        @mock_imagebuilder
        def test_decorator():
            current_mock().builds.set_outputs("Chek", {"output": "{}"})
            assert False

        def test_skipped(imagebuilder_mock):
            imagebuilder_mock.builds.fail_next()
            pytest.skip("not here")

        @pytest.mark.xfail
        def test_xfail(imagebuilder_mock):
            imagebuilder_mock.builds.fail_next()
            assert False

        class TestSubtests(unittest.TestCase):
            @mock_imagebuilder
            def test_subtests(self):
                current_mock().builds.fail_next()
                for number in range(2):
                    with self.subTest(number=number):
                        assert number

        def test_other(): pass
        """
    )

    outcomes = result.parseoutcomes()
    assert "errors" not in outcomes
    assert (outcomes["skipped"], outcomes["xfailed"]) == (1, 1)
    result.stdout.fnmatch_lines(
        [
            "*- imagebuilder_mock: orders that nothing has met -*",
            "mock.faults.add('GetImage', error='500', times=1)",
            "    GetImage was not called. Calls were: none.",
            "*- imagebuilder_mock: orders that nothing has met -*",
            "mock.builds.set_outputs('Chek', {'output': '{}'})",
        ]
    )


# Calls without a mock

CALLS = """
    import boto3
    import pytest
    from imagebuilder_mock import mock_imagebuilder

    KEYS = dict(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
    client = boto3.client("imagebuilder", "us-east-1", endpoint_url="http://localhost:1", **KEYS)

    def test_call(): client.list_images()

    def test_raw():
        from urllib3 import PoolManager
        url = client.generate_presigned_url("list_images")
        with mock_imagebuilder():
            assert PoolManager().request("POST", url).status == 200
        PoolManager().request("POST", url)

    def test_without_keys():
        with mock_imagebuilder():
            made = boto3.client("imagebuilder", "us-east-1")
            made.list_images()
        made.list_images()

    @mock_imagebuilder
    def test_mock(): client.list_images()

    def test_other_service():
        other = boto3.client("s3", "us-east-1", endpoint_url="http://localhost:1", **KEYS)
        other.meta.events.register("before-send", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            other.list_buckets()
"""


@pytest.mark.parametrize(
    ("options", "ini"),
    [(["--imagebuilder-block"], ""), ([], "imagebuilder_block = true")],
    ids=["flag", "ini"],
)
def test_a_session_that_asks_for_it_lets_nothing_leave_without_a_mock(run, options, ini):
    result = run(CALLS, *options, ini=ini)

    result.assert_outcomes(failed=3, passed=2)
    sentence = (
        "*UnexpectedCallError: {} of EC2 Image Builder was called while no mock is on. Take the "
        "fixture 'imagebuilder_mock', or 'imagebuilder' for a client, or put*"
    )
    for what in ("ListImages", "POST /ListImages"):
        result.stdout.fnmatch_lines([sentence.format(what)])


def test_a_session_that_does_not_ask_for_it_leaves_botocore_alone(run):
    result = run(
        """
        from botocore.client import BaseClient
        from botocore.session import Session
        from urllib3.connectionpool import HTTPConnectionPool

        def test_it():
            made, sent = Session.create_client, HTTPConnectionPool.urlopen
            for method in BaseClient._make_request, made, sent:
                assert "imagebuilder_mock" not in method.__code__.co_filename, method
        """
    )

    result.assert_outcomes(passed=1)


def test_an_error_of_asking_aws_names_the_fixture(run, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = run(
        """
        import boto3
        import pytest

        KEYS = dict(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")

        def test_no_region(): boto3.client("imagebuilder", **KEYS)

        def test_no_endpoint():
            boto3.client(
                "imagebuilder", "us-east-1", endpoint_url="http://localhost:1", **KEYS
            ).list_images()

        def test_wrapped():
            try:
                boto3.Session().client("imagebuilder", "us-east-1").list_images()
            except Exception as error:
                raise RuntimeError("cannot list") from error
        """
    )

    result.assert_outcomes(failed=3)
    said = "Builder was on where this failed. Take the fixture 'imagebuilder_mock', or 'imageb"
    assert result.stdout.str().count(said) == 3


def test_an_error_of_asking_aws_for_another_service_names_the_other_mock(run, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = run(
        """
        import boto3
        from imagebuilder_mock import mock_imagebuilder

        def ask_ec2(): boto3.Session().client("ec2", "us-east-1").describe_images()

        def test_on(imagebuilder): ask_ec2()

        @mock_imagebuilder
        def test_off_again(): ask_ec2()

        def test_never_on(): ask_ec2()
        """
    )

    result.assert_outcomes(failed=3)
    said = (
        "This failed in a client of 'ec2', and imagebuilder_mock answers for Image Builder alone."
    )
    assert result.stdout.str().count(said) == 2


def test_other_errors_do_not(run):
    result = run(
        """
        import boto3
        from botocore.exceptions import NoRegionError
        from imagebuilder_mock import mock_imagebuilder

        KEYS = dict(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")

        def test_other_service(): boto3.client("ec2", **KEYS)

        def test_mock(imagebuilder_mock): boto3.client("imagebuilder")

        @mock_imagebuilder
        def test_decorator(): boto3.client("imagebuilder")

        def test_own(): raise NoRegionError()
        """
    )

    result.assert_outcomes(failed=4)
    result.stdout.no_fnmatch_line("*No mock of EC2 Image Builder was on*")
    result.stdout.fnmatch_lines(["*RegionIsMissingError: You must specify a region. A mocked*"])


UNEQUAL = """
    def test_events(imagebuilder_mock, imagebuilder, imagebuilder_pipeline):
        imagebuilder.start_image_pipeline_execution(imagePipelineArn=imagebuilder_pipeline.arn)
        imagebuilder_mock.builds.finish_all()
        first, *_, last = imagebuilder_mock.events
        assert first == last

    def test_a_resource(imagebuilder_mock, imagebuilder_pipeline):
        [recipe] = imagebuilder_mock.resources("image-recipe")
        assert recipe == "web"
"""


def test_the_members_in_which_two_values_differ_are_told(run):
    result = run(UNEQUAL)

    result.stdout.fnmatch_lines(
        [
            "E *assert <Event * == <Event *",
            "E * Differing members:",
            "E *   destination: 'CloudWatchLogs' != 'EventBridge'",
            "E *   name: '/aws/imagebuilder/pipeline/web' != *",
            "E *   body: {*",
            "E *assert ImageRecipe(* == 'web'",
        ]
    )
    result.stdout.no_fnmatch_line("E *   region: *")
    # Where CI is set, pytest repeats the errors in its summary.
    told = [line for line in result.outlines if line.startswith("E") and "Differing" in line]
    assert len(told) == 1
