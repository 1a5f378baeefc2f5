"""The decorator on classes of tests: on from set-up to tear-down, and each test begins clean.

Classes are run by unittest here, in this process, or by pytest itself: some are its own tests.
"""

from __future__ import annotations

import unittest
from datetime import datetime, timezone
from typing import TYPE_CHECKING, ClassVar

import boto3
import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from tests.builders import a_component

if TYPE_CHECKING:
    from imagebuilder_mock.world.faults import FaultRule

NOON = datetime(2024, 1, 31, 12, tzinfo=timezone.utc)


def client():
    return boto3.client("imagebuilder", region_name="us-east-1")


def is_on():
    try:
        current_mock()
    except RuntimeError:
        return False
    return True


def names():
    return [resource.name for resource in current_mock().resources()]


def run_by_unittest(*cases):
    """The outcome of all tests of the classes, which must all have passed."""
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.loadTestsFromTestCase(case) for case in cases
    )
    result = unittest.TestResult()
    suite.run(result)
    assert [text for _, text in result.errors + result.failures] == []
    assert not is_on()
    return result


# unittest


def test_set_up_tear_down_and_clean_ups_of_a_test_case_run_with_the_mock_on():
    seen = {}

    @mock_imagebuilder
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            seen["setUpClass"] = is_on()
            cls.addClassCleanup(lambda: seen.update(class_clean_up=is_on()))

        def setUp(self):
            seen["setUp"] = is_on()
            self.addCleanup(lambda: seen.update(clean_up=is_on()))

        def test(self):
            seen["test"] = is_on()

        def tearDown(self):
            seen["tearDown"] = is_on()

        @classmethod
        def tearDownClass(cls):
            seen["tearDownClass"] = is_on()

    run_by_unittest(Case)

    assert len(seen) == 7
    assert set(seen.values()) == {True}


def test_each_test_of_a_test_case_begins_with_what_set_up_class_made():
    seen = []

    @mock_imagebuilder
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            a_component(client(), name="of-the-class")

        def setUp(self):
            a_component(client(), name="of-the-test")

        def test_a(self):
            self.look()

        def test_b(self):
            self.look()

        def look(self):
            seen.append(names())
            a_component(client(), name="more")

    run_by_unittest(Case)

    assert seen == [["of-the-class", "of-the-test"]] * 2


def test_the_tests_of_a_test_case_do_not_share_time_ids_and_calls():
    seen = []

    @mock_imagebuilder(now=NOON)
    class Case(unittest.TestCase):
        def test_a(self):
            self.look()

        def test_b(self):
            self.look()

        def look(self):
            answer = client().list_images()
            mock = current_mock()
            seen.append((answer["requestId"], mock.clock.now(), mock.calls.count()))
            mock.clock.advance(days=1)

    run_by_unittest(Case)

    assert seen[0] == seen[1]
    assert seen[0][1:] == (NOON, 1)


def test_a_change_of_a_resource_of_the_class_is_undone_after_the_test():
    seen = []

    @mock_imagebuilder
    class Case(unittest.TestCase):
        component: str

        @classmethod
        def setUpClass(cls):
            cls.component = a_component(client(), tags={"made": "by the class"})

        def test_a(self):
            self.look()

        def test_b(self):
            self.look()

        def look(self):
            seen.append(client().list_tags_for_resource(resourceArn=self.component)["tags"])
            client().tag_resource(resourceArn=self.component, tags={"made": "by a test"})

    run_by_unittest(Case)

    assert seen == [{"made": "by the class"}] * 2


def test_two_decorated_test_cases_do_not_see_each_other():
    seen = []

    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            a_component(client())

        def test(self):
            seen.append(len(names()))

    first = mock_imagebuilder(type("First", (Base,), {}))
    second = mock_imagebuilder(type("Second", (Base,), {}))
    run_by_unittest(first, second)

    assert seen == [1, 1]


def test_subclasses_of_a_test_case_are_decorated_too():
    seen = {}

    @mock_imagebuilder
    class Base(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            seen["base"] = is_on()

    class WithSuper(Base):
        @classmethod
        def setUpClass(cls):
            seen["before super"] = is_on()
            super().setUpClass()

        def test(self):
            seen["test"] = is_on()

    class WithoutSuper(Base):
        @classmethod
        def setUpClass(cls):
            seen["without super"] = is_on()

        def test(self):
            seen["other test"] = is_on()

    run_by_unittest(WithSuper, WithoutSuper)

    assert len(seen) == 5
    assert set(seen.values()) == {True}


def test_each_test_begins_with_the_orders_that_the_class_has_placed():
    @mock_imagebuilder
    class Case(unittest.TestCase):
        rule: ClassVar[FaultRule]

        @classmethod
        def setUpClass(cls):
            cls.rule = current_mock().faults.add("ListImages", error="ForbiddenException")

        def meet_it(self):
            assert self.rule.fired == 0
            with pytest.raises(client().exceptions.ForbiddenException):
                client().list_images()
            assert self.rule.fired == 1
            client().list_images()

        test_one = test_another = meet_it

    run_by_unittest(Case)


def test_a_failing_set_up_class_leaves_the_mock_off():
    @mock_imagebuilder
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            raise KeyError("mine")

        def test(self):
            raise AssertionError("it ran")

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert len(result.errors) == 1
    assert "KeyError: 'mine'" in result.errors[0][1]
    assert not is_on()


def test_a_class_skipped_by_pytest_in_set_up_class_leaves_the_mock_off():
    @mock_imagebuilder
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            pytest.skip("not here")

    with pytest.raises(pytest.skip.Exception):
        Case.setUpClass()

    assert not is_on()


def test_a_test_case_runs_without_a_runner_too():
    seen = []

    @mock_imagebuilder
    class Case(unittest.TestCase):
        def setUp(self):
            seen.append(is_on())

        def test(self):
            seen.append(is_on())

    Case("test").debug()
    Case("test").run()
    Case("test")()

    assert seen == [True] * 6
    assert not is_on()


def test_an_async_test_case_has_the_mock_on_in_all_its_parts():
    seen = {}

    @mock_imagebuilder
    class Case(unittest.IsolatedAsyncioTestCase):
        def setUp(self):
            seen["setUp"] = is_on()

        async def asyncSetUp(self):
            seen["asyncSetUp"] = is_on()
            self.addAsyncCleanup(self.clean_up)

        async def test(self):
            seen["test"] = is_on()

        async def asyncTearDown(self):
            seen["asyncTearDown"] = is_on()

        async def clean_up(self):
            seen["clean_up"] = is_on()

    run_by_unittest(Case)

    assert len(seen) == 5
    assert set(seen.values()) == {True}


def test_options_that_differ_from_an_outer_mocks_are_refused_before_the_class_is_set_up():
    @mock_imagebuilder(builds="held")
    class Case(unittest.TestCase):
        def test(self):
            raise AssertionError("it ran")

    result = unittest.TestResult()
    with mock_imagebuilder():
        unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert "ValueError: builds='held'" in result.errors[0][1]
    assert not is_on()


@mock_imagebuilder
class TestByPytestAsWell(unittest.TestCase):
    """A pytest fixture runs outside of a test case's own run."""

    @classmethod
    def setUpClass(cls):
        a_component(client(), name="of-the-class")

    @pytest.fixture(autouse=True)
    def made_by_a_fixture(self):
        a_component(client(), name="of-the-fixture")
        yield
        assert is_on()

    def test_one(self):
        assert names() == ["of-the-class", "of-the-fixture"]

    def test_other(self):
        assert names() == ["of-the-class", "of-the-fixture"]


# Plain classes, run by pytest


@mock_imagebuilder(builds="held")
class TestPlain:
    made = "of-the-class"

    def setup_class(self):
        a_component(client(), name=self.made)

    def setup_method(self):
        a_component(client(), name="of-the-test")

    def teardown_method(self, method):
        assert is_on()
        assert method.__name__.startswith("test_")

    @classmethod
    def teardown_class(cls):
        assert names() == [cls.made]

    @pytest.fixture
    def component(self):
        return a_component(client(), name="of-the-fixture")

    @staticmethod
    def make_one_more():
        a_component(client(), name="more")

    def test_one(self, component):
        assert names() == [self.made, "of-the-test", "of-the-fixture"]
        assert component == current_mock().resources()[-1].arn
        self.make_one_more()

    @pytest.mark.parametrize("number", [1, 2])
    def test_other(self, number):
        assert number in {1, 2}
        assert names() == [self.made, "of-the-test"]
        self.make_one_more()


class TestSubclassWithSuper(TestPlain):
    made = "of-the-subclass"

    def setup_method(self, method=None):
        assert is_on()
        assert method.__name__.startswith("test_")
        super().setup_method()

    def teardown_method(self, method=None):
        super().teardown_method(method)
        assert is_on()

    def test_of_the_subclass(self):
        assert names() == ["of-the-subclass", "of-the-test"]


class TestSubclassWithoutSuper(TestPlain):
    @classmethod
    def setup_class(cls):
        a_component(client(), name=cls.made)
        a_component(client(), name="second")

    def setup_method(self):
        self.found = names()

    def teardown_method(self):  # type: ignore[override] # pytest takes both
        assert is_on()

    @classmethod
    def teardown_class(cls):
        assert is_on()

    def test_one(self):  # type: ignore[override] # pytest calls each by its own
        assert self.found == names() == [self.made, "second"]

    test_other = None  # not here


@pytest.fixture(scope="class")
def component_of_the_class():
    yield a_component(client(), name="of-a-fixture")
    assert is_on()


@mock_imagebuilder
@pytest.mark.usefixtures("component_of_the_class")
class TestWithFixturesOfTheClass:
    def test_one(self):
        assert names() == ["of-a-fixture"]
        a_component(client())

    def test_other(self):
        self.test_one()

    class TestNested:
        def setup_method(self):
            self.was_on = is_on()

        def test_inside(self):
            assert self.was_on
            assert is_on()


def test_a_failing_setup_method_leaves_the_mock_off():
    @mock_imagebuilder
    class Plain:
        def setup_method(self):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Plain().setup_method()

    assert not is_on()


def test_a_failing_teardown_method_leaves_the_mock_off():
    @mock_imagebuilder
    class Plain:
        def setup_method(self):
            pass

        def teardown_method(self):
            raise KeyError("mine")

    plain = Plain()
    plain.setup_method()
    with pytest.raises(KeyError, match="mine"):
        plain.teardown_method()

    assert not is_on()


def test_each_public_method_of_any_class_runs_with_the_mock_on_by_itself():
    @mock_imagebuilder
    class Tool:
        attribute = is_on

        def method(self):
            return is_on(), self._private()

        def _private(self):
            return is_on()

        @property
        def size(self):
            return is_on()

    tool = Tool()

    assert tool.method() == (True, True)
    assert (tool._private(), tool.size) == (False, False)


def test_a_hook_for_subclasses_still_runs():
    @mock_imagebuilder
    class Base:
        word: str

        def __init_subclass__(cls, *, word="", **kwargs):
            super().__init_subclass__(**kwargs)
            cls.word = word

    class Sub(Base, word="hello"):
        def method(self):
            return self.word, is_on()

    assert Sub().method() == ("hello", True)
