"""Decorating: functions of every kind, and classes of tests, run with the mock on.

The mock is on while the body runs: of a generator from its first to its last step, of a coroutine
while it is awaited. For a class of tests it is on from the set-up of the class to its tear-down,
and each test begins with what the class has set up.
"""

from __future__ import annotations

import functools
import inspect
import sys
from types import MethodType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

if TYPE_CHECKING:
    import unittest
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractContextManager

T = TypeVar("T")


class Switch(Protocol):
    """What a decorator switches on and off: a mock."""

    def start(self) -> object: ...

    def stop(self) -> None: ...

    def __enter__(self) -> object: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object, /) -> None: ...

    def for_one_test(self) -> AbstractContextManager[None]: ...


def decorate(mock: Switch, target: T) -> T:
    """``target`` with the mock on while it runs. TypeError if it is no function or class."""
    if _is_fixture(target):
        msg = (
            f"mock_imagebuilder cannot decorate the fixture {target!r}: put it below "
            "@pytest.fixture, so that it decorates the function."
        )
        raise TypeError(msg)
    if isinstance(target, type):
        if _is_test_case(target):
            _decorate_test_case(mock, cast("type[unittest.TestCase]", target))
        else:
            _decorate_class(mock, target)
        return cast("T", target)
    if isinstance(target, (staticmethod, classmethod)):
        return cast("T", type(target)(_decorate_function(mock, target.__func__)))
    if callable(target):
        return cast("T", _decorate_function(mock, target))
    msg = f"mock_imagebuilder decorates functions and classes; {target!r} is neither."
    raise TypeError(msg)


def _is_test_case(cls: type[object]) -> bool:
    """Whether it is a TestCase; if unittest has not been loaded, no class is one."""
    loaded = sys.modules.get("unittest")
    return loaded is not None and issubclass(cls, loaded.TestCase)


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
    return _within(lambda: mock, function)


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
    """Wrap ``run``, which calls setUp, the test, tearDown and the clean-ups, of subclasses too."""
    for name in ("run", "debug"):
        _set(cls, name, _Unlisted(_within(mock.for_one_test, getattr(cls, name))))
    _decorate_tests(mock, cls)
    # pytest's own fixtures run outside of ``run``, and it knows setup_method here too.
    _hold_tests(_Scope(mock.for_one_test), cls)
    _hold_set_up_class(mock, cls)

    def decorate_subclass(subclass: type) -> None:
        _decorate_tests(mock, subclass)
        if "setUpClass" in vars(subclass):
            _hold_set_up_class(mock, cast("type[unittest.TestCase]", subclass))

    _follow_subclasses(cls, decorate_subclass)


_CAUGHT = ("test", "setUp", "tearDown", "asyncSetUp", "asyncTearDown")


def _decorate_tests(mock: Switch, cls: type) -> None:
    """``run`` catches the errors of a test and of what surrounds it: the mock sees them there."""
    for name, member in list(vars(cls).items()):
        if name.startswith(_CAUGHT) and inspect.isfunction(member):
            _set(cls, name, _decorate_function(mock, member))


def _within(
    enter: Callable[[], AbstractContextManager[object]], function: Callable[..., Any]
) -> Callable[..., Any]:
    @functools.wraps(function)
    def within(*args: Any, **kwargs: Any) -> Any:
        with enter():
            return function(*args, **kwargs)

    return within


def _hold_set_up_class(mock: Switch, cls: type[unittest.TestCase]) -> None:
    set_up_class = cast("Any", cls.setUpClass).__func__

    @functools.wraps(set_up_class)
    def with_mock(klass: type[unittest.TestCase]) -> None:
        mock.start()
        # Class clean-ups run last, and also where setUpClass fails.
        klass.addClassCleanup(mock.stop)
        try:
            set_up_class(klass)
        except BaseException as error:
            # The runners clean up after an Exception only, and pytest.skip() raises none.
            if not isinstance(error, Exception):
                klass.doClassCleanups()
            raise

    _set(cls, "setUpClass", classmethod(with_mock))


def _decorate_class(mock: Switch, cls: type) -> None:
    """Run each public method with the mock on; for pytest, each test from set-up to tear-down."""
    class_scope, test_scope = _Scope(lambda: mock), _Scope(mock.for_one_test)

    def decorate_one(klass: type) -> None:
        _decorate_members(mock, klass)
        _hold_class(class_scope, klass)
        _hold_tests(test_scope, klass)

    decorate_one(cls)
    _follow_subclasses(cls, decorate_one)


_SET_UPS = frozenset(("setup_method", "teardown_method", "setup_class", "teardown_class"))


def _decorate_members(mock: Switch, cls: type) -> None:
    for name, member in list(vars(cls).items()):
        if name.startswith("_") or name in _SET_UPS or _is_fixture(member):
            continue
        is_nested = isinstance(member, type) and member.__qualname__ == f"{cls.__qualname__}.{name}"
        if (
            is_nested
            or inspect.isfunction(member)
            or isinstance(member, (staticmethod, classmethod))
        ):
            _set(cls, name, decorate(mock, member))


class _Scope:
    """Keeps the mock on from the set-up of a test or a class to its tear-down."""

    def __init__(self, enter: Callable[[], AbstractContextManager[object]]) -> None:
        self._enter = enter
        self._entered: list[AbstractContextManager[object]] = []
        self._is_inside = False
        """A subclass's set-up or tear-down is running, and may call its base's."""

    def set_up(self, function: Callable[[], object]) -> None:
        if self._is_inside:
            function()
            return
        context = self._enter()
        context.__enter__()
        self._is_inside = True
        try:
            function()
        except BaseException as error:
            # What failed to be set up is not torn down.
            context.__exit__(type(error), error, error.__traceback__)
            raise
        finally:
            self._is_inside = False
        self._entered.append(context)

    def tear_down(self, function: Callable[[], object]) -> None:
        if self._is_inside:
            function()
            return
        self._is_inside = True
        context = self._entered.pop()
        try:
            function()
        except BaseException as error:
            context.__exit__(type(error), error, error.__traceback__)
            raise
        else:
            context.__exit__(None, None, None)
        finally:
            self._is_inside = False


def _hold_tests(scope: _Scope, cls: type) -> None:
    set_up = inspect.getattr_static(cls, "setup_method", None)
    tear_down = inspect.getattr_static(cls, "teardown_method", None)

    def setup_method(self: object, method: object = None) -> None:
        scope.set_up(lambda: _call_with_optional(_bound(set_up, self), method))

    def teardown_method(self: object, method: object = None) -> None:
        scope.tear_down(lambda: _call_with_optional(_bound(tear_down, self), method))

    # What the class has of its own is listed as before.
    own = vars(cls)
    _set(cls, "setup_method", setup_method if "setup_method" in own else _Unlisted(setup_method))
    if "teardown_method" not in own:
        _set(cls, "teardown_method", _Unlisted(teardown_method))
    else:
        _set(cls, "teardown_method", teardown_method)


class _Unlisted:
    """A method that no other decorator of the class finds among those that its author wrote.

    moto's ``mock_aws`` wraps what it finds, and takes what is called in it for a second start of
    the same mock, which leaves AWS_* variables behind.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: object, owner: type) -> Any:
        return self if instance is None else MethodType(self._function, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)


def _hold_class(scope: _Scope, cls: type) -> None:
    set_up = _function(getattr(cls, "setup_class", None))
    tear_down = _function(getattr(cls, "teardown_class", None))

    def setup_class(klass: type) -> None:
        scope.set_up(lambda: _call_with_optional(set_up, klass))

    def teardown_class(klass: type) -> None:
        scope.tear_down(lambda: _call_with_optional(tear_down, klass))

    _set(cls, "setup_class", classmethod(setup_class))
    _set(cls, "teardown_class", classmethod(teardown_class))


def _follow_subclasses(cls: type, decorate_one: Callable[[type], None]) -> None:
    """Decorate each subclass when it is made."""
    inherited = cast("Any", cls.__init_subclass__)

    def init_subclass(klass: type, /, *args: Any, **kwargs: Any) -> None:
        # A class's own hook is a class method; the one of object is built in, and takes nothing.
        getattr(inherited, "__func__", lambda _, **rest: inherited(**rest))(klass, *args, **kwargs)
        decorate_one(klass)

    _set(cls, "__init_subclass__", classmethod(cast("Any", init_subclass)))


def _bound(member: Any, owner: object) -> Any:
    return None if member is None else member.__get__(owner, type(owner))


def _function(member: Any) -> Any:
    return getattr(member, "__func__", member)


def _call_with_optional(function: Any, argument: object) -> None:
    """Call a set-up with its last argument only if it takes that, as pytest does."""
    if function is not None:
        function(*[argument][: len(inspect.signature(function).parameters)])


def _is_fixture(target: object) -> bool:
    """Whether pytest made a fixture of it; it was a function until pytest 8.4."""
    return type(target).__name__ == "FixtureFunctionDefinition" or "_pytestfixturefunction" in (
        getattr(target, "__dict__", ())
    )


def _set(cls: type, name: str, value: object) -> None:
    setattr(cls, name, value)
