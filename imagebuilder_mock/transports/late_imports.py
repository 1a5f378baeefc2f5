"""Optional libraries: held when the program imports them, and never imported for its sake."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from threading import RLock
from typing import TYPE_CHECKING, Any

from .holding import Hold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class LateModule(MetaPathFinder):
    """A module that is loaded already, or may be while the mock is on.

    Between ``watch`` and ``stop`` it is the first of the import system's finders, unless the module
    is there: it lets the others find the module, and is told when that has run.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._use: Callable[[ModuleType], None] | None = None

    def watch(self, use: Callable[[ModuleType], None]) -> None:
        """Hand the module to ``use``, now or as soon as there is one."""
        self._use = use
        module = sys.modules.get(self._name)
        if module is None:
            sys.meta_path.insert(0, self)
        else:
            use(module)

    def stop(self) -> None:
        self._use = None
        self._step_back()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find is None else find(fullname, path, target)
            if spec is not None:
                self._tell_when_run(spec)
                return spec
        return None

    def _tell_when_run(self, spec: ModuleSpec) -> None:
        loader: Any = spec.loader
        run = getattr(loader, "exec_module", None)
        if run is None:
            return

        def exec_module(module: ModuleType) -> None:
            # An attribute of this one loader, in the way of its class's method; gone by its use.
            del loader.exec_module
            run(module)
            self._step_back()
            use = self._use
            if use is not None:
                use(module)

        loader.exec_module = exec_module

    def _step_back(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)


class LateHold(LateModule):
    """A method of a class whose module is loaded already, or may be while the mock is on."""

    def __init__(self, module: str, cls: str, method: str) -> None:
        super().__init__(module)
        self._cls = cls
        self._method = method
        self._lock = RLock()
        self._wrap: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
        self._hold: Hold | None = None

    def take(self, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Put ``wrap(method)`` in the method's place, now or as soon as there is one."""
        self._wrap = wrap
        self.watch(self._hold_in)

    def release(self) -> None:
        with self._lock:
            self._wrap = None
            self.stop()
            if self._hold is not None:
                self._hold.release()
                self._hold = None

    def _hold_in(self, module: ModuleType) -> None:
        with self._lock:
            cls: Any = getattr(module, self._cls, None)
            # A version of the library that has it elsewhere is none that could be held.
            if self._wrap is None or self._hold is not None or not hasattr(cls, self._method):
                return
            self._hold = Hold(cls, self._method)
            self._hold.take(self._wrap)
