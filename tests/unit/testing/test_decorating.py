"""The decorator on functions: it holds the mock while the body runs, and changes nothing else."""

from __future__ import annotations

import asyncio
import functools
import inspect
from unittest import mock as unittest_mock

import boto3
import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from tests.builders import a_component

in_both_ways = pytest.mark.parametrize(
    "decorator",
    [mock_imagebuilder, mock_imagebuilder(), mock_imagebuilder(builds="held")],
    ids=["without parentheses", "with parentheses", "with options"],
)


def is_on():
    try:
        current_mock()
    except RuntimeError:
        return False
    return True


def client():
    return boto3.client("imagebuilder", region_name="us-east-1")


# Plain functions


@in_both_ways
def test_a_decorated_function_runs_with_the_mock_on(decorator):
    @decorator
    def decorated():
        return is_on()

    assert [is_on(), decorated(), is_on()] == [False, True, False]


def test_arguments_and_the_return_value_pass_through():
    @mock_imagebuilder
    def decorated(first, /, second, *rest, third, **named):
        return first, second, rest, third, named

    assert decorated(1, 2, 3, third=4, fourth=5) == (1, 2, (3,), 4, {"fourth": 5})


def test_an_exception_passes_through_and_the_mock_is_off():
    @mock_imagebuilder
    def decorated():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        decorated()

    assert not is_on()


def test_each_call_of_a_decorated_function_begins_with_an_empty_world():
    @mock_imagebuilder
    def decorated():
        a_component(client())
        return len(current_mock().resources())

    assert [decorated(), decorated()] == [1, 1]


def test_a_decorated_function_that_calls_itself_shares_one_world():
    @mock_imagebuilder
    def decorated(depth):
        a_component(client())
        return decorated(depth - 1) if depth else len(current_mock().resources())

    assert decorated(2) == 3
    assert not is_on()


def test_the_options_given_to_the_decorator_hold_in_the_function():
    @mock_imagebuilder(account_id="210987654321")
    def decorated():
        return a_component(client())

    assert ":210987654321:" in decorated()


@mock_imagebuilder
def plain(first: int, *, second: str = "b") -> tuple[int, str]:
    """What it says."""
    return first, second


@mock_imagebuilder()
async def coroutine(first: int, *, second: str = "b") -> tuple[int, str]:
    """What it says."""
    return first, second


@mock_imagebuilder
def generator(first: int, *, second: str = "b"):
    """What it says."""
    yield first, second


@mock_imagebuilder()
async def async_generator(first: int, *, second: str = "b"):
    """What it says."""
    yield first, second


@pytest.mark.parametrize("function", [plain, coroutine, generator, async_generator])
def test_name_docstring_module_and_signature_are_kept(function):
    assert function.__name__ in {"plain", "coroutine", "generator", "async_generator"}
    assert function.__qualname__ == function.__name__
    assert function.__module__ == __name__
    assert function.__doc__ == "What it says."
    assert list(inspect.signature(function).parameters) == ["first", "second"]


@pytest.mark.parametrize(
    ("is_one", "function"),
    [
        (inspect.iscoroutinefunction, coroutine),
        (inspect.isgeneratorfunction, generator),
        (inspect.isasyncgenfunction, async_generator),
    ],
)
def test_a_function_stays_of_its_kind(is_one, function):
    assert is_one(function)


def test_a_partial_can_be_decorated():
    assert mock_imagebuilder(functools.partial(is_on))() is True


@pytest.mark.parametrize("target", [3, "held", None], ids=repr)
def test_only_functions_and_classes_can_be_decorated(target):
    with pytest.raises(TypeError, match="decorates functions and classes"):
        mock_imagebuilder()(target)


# Coroutines and generators


def test_a_coroutine_has_the_mock_on_while_it_is_awaited():
    @mock_imagebuilder
    async def decorated():
        await asyncio.sleep(0)
        return is_on()

    waiting = decorated()

    assert not is_on()
    assert asyncio.run(waiting) is True
    assert not is_on()


def test_a_cancelled_coroutine_leaves_the_mock_off():
    @mock_imagebuilder
    async def decorated():
        await asyncio.sleep(60)

    async def cancel_it():
        task = asyncio.create_task(decorated())
        await asyncio.sleep(0)
        was_on = is_on()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return was_on

    assert asyncio.run(cancel_it()) is True
    assert not is_on()


def test_tasks_that_overlap_share_one_world_until_the_last_has_ended():
    @mock_imagebuilder
    async def decorated(name, steps):
        a_component(client(), name=name)
        for _ in range(steps):
            await asyncio.sleep(0)
        return [component.name for component in current_mock().resources()]

    async def both():
        return await asyncio.gather(decorated("first", 1), decorated("second", 4))

    assert asyncio.run(both()) == [["first", "second"]] * 2
    assert not is_on()


def test_a_generator_has_the_mock_on_from_its_first_step_to_its_last():
    @mock_imagebuilder
    def decorated():
        yield is_on()
        yield is_on()

    steps = decorated()

    assert not is_on()
    assert next(steps) is True
    assert is_on()
    assert list(steps) == [True]
    assert not is_on()


def test_what_a_generator_is_sent_thrown_and_returns_passes_through():
    @mock_imagebuilder
    def decorated():
        sent = yield "ready"
        try:
            yield sent
        except KeyError as error:
            return error.args
        return None

    steps = decorated()
    assert next(steps) == "ready"
    assert steps.send("hello") == "hello"
    with pytest.raises(StopIteration) as end:
        steps.throw(KeyError("mine"))

    assert end.value.value == ("mine",)
    assert not is_on()


def test_a_closed_generator_leaves_the_mock_off_after_its_own_clean_up():
    cleaned_up = []

    @mock_imagebuilder
    def decorated():
        try:
            yield
        finally:
            cleaned_up.append(is_on())

    steps = decorated()
    next(steps)
    steps.close()

    assert cleaned_up == [True]
    assert not is_on()


def test_an_async_generator_has_the_mock_on_from_its_first_step_to_its_last():
    @mock_imagebuilder
    async def decorated():
        yield is_on()
        await asyncio.sleep(0)
        yield is_on()

    async def walk():
        steps = decorated()
        seen = [is_on(), *[step async for step in steps]]
        return [*seen, is_on()]

    assert asyncio.run(walk()) == [False, True, True, False]


def test_what_an_async_generator_is_sent_and_thrown_passes_through():
    @mock_imagebuilder
    async def decorated():
        sent = yield "ready"
        try:
            yield sent
        except KeyError as error:
            yield error.args

    async def walk():
        steps = decorated()
        seen = [
            await steps.__anext__(),
            await steps.asend("hello"),
            await steps.athrow(KeyError("mine")),
        ]
        with pytest.raises(StopAsyncIteration):
            await steps.__anext__()
        return seen

    assert asyncio.run(walk()) == ["ready", "hello", ("mine",)]
    assert not is_on()


def test_an_error_in_an_async_generator_passes_through_and_the_mock_is_off():
    @mock_imagebuilder
    async def decorated():
        yield 1
        raise KeyError("mine")

    async def walk():
        return [step async for step in decorated()]

    with pytest.raises(KeyError, match="mine"):
        asyncio.run(walk())
    assert not is_on()


def test_a_closed_async_generator_leaves_the_mock_off_after_its_own_clean_up():
    cleaned_up = []

    @mock_imagebuilder
    async def decorated():
        try:
            yield
        finally:
            await asyncio.sleep(0)
            cleaned_up.append(is_on())

    async def walk():
        steps = decorated()
        await steps.__anext__()
        await steps.aclose()

    asyncio.run(walk())

    assert cleaned_up == [True]
    assert not is_on()


# Methods


class Tool:
    @mock_imagebuilder
    def method(self):
        return type(self).__name__, is_on()

    @mock_imagebuilder
    @staticmethod
    def static_method():
        return is_on()

    @staticmethod
    @mock_imagebuilder()
    def static_method_inside():
        return is_on()

    @mock_imagebuilder
    @classmethod
    def class_method(cls):
        return cls.__name__, is_on()

    @classmethod
    @mock_imagebuilder()
    def class_method_inside(cls):
        return cls.__name__, is_on()


def test_methods_can_be_decorated_one_by_one_above_and_below_their_own_decorator():
    assert Tool().method() == ("Tool", True)
    assert Tool.static_method() is True
    assert Tool.static_method_inside() is True
    assert Tool().class_method() == ("Tool", True)
    assert Tool.class_method_inside() == ("Tool", True)
    assert not is_on()


# With pytest


@pytest.fixture
@mock_imagebuilder
def component():
    yield a_component(client())
    assert is_on()


@pytest.fixture
def word():
    return "word"


@mock_imagebuilder
@pytest.mark.parametrize("number", [1, 2])
def test_a_decorated_test_takes_fixtures_and_parameters(word, number, tmp_path):
    assert (word, number in {1, 2}, tmp_path.is_dir(), is_on()) == ("word", True, True, True)


def test_a_decorated_fixture_has_the_mock_on_until_it_is_torn_down(component):
    assert [resource.arn for resource in current_mock().resources()] == [component]


@unittest_mock.patch(f"{__name__}.boto3.client")
@mock_imagebuilder
def test_a_decorated_test_takes_what_patch_hands_in(patched, word):
    client()

    assert patched.called
    assert (word, is_on()) == ("word", True)


def test_a_fixture_cannot_be_decorated_from_above():
    def fixture():
        yield

    with pytest.raises(TypeError, match=r"put it below @pytest\.fixture"):
        mock_imagebuilder(pytest.fixture(fixture))
