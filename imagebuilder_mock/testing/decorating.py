"""Decorating: functions of every kind, and classes of tests, run with the mock on.

On means while the body runs: a generator's from its first to its last step, a coroutine's while it
is awaited. A class of tests has it on from its setting up to its tearing down, and each test
begins with what the class set up.
"""

from __future__ import annotations

import functools
import inspect
import unittest
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractContextManager
    from types import TracebackType

T = TypeVar("T")

_SCOPE = "_imagebuilder_mock_scope"


class Switch(Protocol):
    """What can be switched on: a mock."""

    def start(self) -> object: ...

    def stop(self) -> None: ...

    def __enter__(self) -> object: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...

    def for_one_test(self) -> AbstractContextManager[None]: ...


def decorate(mock: Switch, target: T) -> T:
    """``target`` as it was, but with the mock on while it runs. TypeError if it cannot be run."""
    if isinstance(target, type):
        if issubclass(target, unittest.TestCase):
            _decorate_test_case(mock, target)
        else:
            _decorate_class(mock, target)
        return cast("T", target)
    if isinstance(target, (staticmethod, classmethod)):
        return cast("T", type(target)(_decorate_function(mock, target.__func__)))
    if callable(target):
        return cast("T", _decorate_function(mock, target))
    msg = f"mock_imagebuilder decorates functions and classes; {target!r} is neither."
    raise TypeError(msg)


def _decorate_function(mock: Switch, function: Callable[..., Any]) -> Callable[..., Any]:
    if inspect.isasyncgenfunction(function):
        return _decorate_async_generator(mock, function)
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with mock:
                return await function(*args, **kwargs)

        return coroutine
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with mock:
                return (yield from function(*args, **kwargs))

        return generator

    @functools.wraps(function)
    def plain(*args: Any, **kwargs: Any) -> Any:
        with mock:
            return function(*args, **kwargs)

    return plain


def _decorate_async_generator(
    mock: Switch, function: Callable[..., AsyncGenerator[Any, Any]]
) -> Callable[..., AsyncGenerator[Any, Any]]:
    # What 'yield from' does for generators has to be written out for asynchronous ones.
    @functools.wraps(function)
    async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with mock:
            inner = function(*args, **kwargs)
            step: Callable[[], Any] = inner.__anext__
            try:
                while True:
                    try:
                        item = await step()
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:
                        raise
                    except BaseException as error:  # noqa: BLE001 - handed on, whatever it is
                        step = functools.partial(inner.athrow, error)
                    else:
                        step = functools.partial(inner.asend, sent)
            finally:
                await inner.aclose()

    return async_generator


def _decorate_test_case(mock: Switch, cls: type[unittest.TestCase]) -> None:
    """``run`` holds setUp, the test, tearDown and the clean-ups; so subclasses are held too."""
    run, set_up_class = cls.run, cast("Any", cls.setUpClass).__func__

    @functools.wraps(run)
    def run_with_mock(
        self: unittest.TestCase, result: unittest.TestResult | None = None
    ) -> unittest.TestResult | None:
        with mock.for_one_test():
            return run(self, result)

    @functools.wraps(set_up_class)
    def set_up_class_with_mock(klass: type[unittest.TestCase]) -> None:
        mock.start()
        # Class clean-ups run last, and also where setUpClass fails.
        klass.addClassCleanup(mock.stop)
        set_up_class(klass)

    _set(cls, "run", run_with_mock)
    _set(cls, "setUpClass", classmethod(set_up_class_with_mock))


def _decorate_class(mock: Switch, cls: type) -> None:
    """Each public method runs with the mock on; for pytest, set-up and tear-down hold the test."""
    _decorate_members(mock, cls)
    _hold_tests(mock, cls)
    if hasattr(cls, "setup_class"):
        _hold_class(mock, cls)
    inherited = cast("Any", cls.__init_subclass__)

    def init_subclass(klass: type, /, **kwargs: Any) -> None:
        # A class's own hook is a class method; the one of object is built in, and takes nothing.
        getattr(inherited, "__func__", lambda _, **rest: inherited(**rest))(klass, **kwargs)
        _decorate_members(mock, klass)

    _set(cls, "__init_subclass__", classmethod(cast("Any", init_subclass)))


_SET_UPS = frozenset(("setup_method", "teardown_method", "setup_class", "teardown_class"))


def _decorate_members(mock: Switch, cls: type) -> None:
    for name, member in list(vars(cls).items()):
        if name.startswith("_") or name in _SET_UPS:
            continue
        is_nested = isinstance(member, type) and member.__qualname__ == f"{cls.__qualname__}.{name}"
        if (
            is_nested
            or inspect.isfunction(member)
            or isinstance(member, (staticmethod, classmethod))
        ):
            _set(cls, name, decorate(mock, member))


def _hold_tests(mock: Switch, cls: type) -> None:
    set_up = getattr(cls, "setup_method", None)
    tear_down = getattr(cls, "teardown_method", None)

    def setup_method(self: object, method: object = None) -> None:
        scope = mock.for_one_test()
        scope.__enter__()
        try:
            _call_with_optional(set_up, self, method)
        except BaseException as error:
            # pytest tears down only what was set up.
            scope.__exit__(type(error), error, error.__traceback__)
            raise
        setattr(self, _SCOPE, scope)

    def teardown_method(self: object, method: object = None) -> None:
        try:
            _call_with_optional(tear_down, self, method)
        finally:
            getattr(self, _SCOPE).__exit__(None, None, None)

    _set(cls, "setup_method", setup_method)
    _set(cls, "teardown_method", teardown_method)


def _hold_class(mock: Switch, cls: type) -> None:
    set_up = _function(getattr(cls, "setup_class", None))
    tear_down = _function(getattr(cls, "teardown_class", None))

    def setup_class(klass: type) -> None:
        mock.start()
        try:
            _call_with_optional(set_up, klass)
        except BaseException:
            mock.stop()
            raise

    def teardown_class(klass: type) -> None:
        try:
            _call_with_optional(tear_down, klass)
        finally:
            mock.stop()

    _set(cls, "setup_class", classmethod(setup_class))
    _set(cls, "teardown_class", classmethod(teardown_class))


def _function(member: Any) -> Any:
    return getattr(member, "__func__", member)


def _call_with_optional(function: Any, *args: object) -> None:
    """As pytest does: a set-up may leave out its last argument."""
    if function is not None:
        takes = len(inspect.signature(function).parameters)
        function(*args[:takes])


def _set(cls: type, name: str, value: object) -> None:
    setattr(cls, name, value)
