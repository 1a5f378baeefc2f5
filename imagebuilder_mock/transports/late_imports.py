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


class LateHold(MetaPathFinder):
    """A method of a class whose module is loaded already, or may be while the mock is on.

    Between ``take`` and ``release`` it is the first of the import system's finders, unless the
    module is there: it lets the others find the module, and is told when that has run.
    """

    def __init__(self, module: str, cls: str, method: str) -> None:
        self._module = module
        self._cls = cls
        self._method = method
        self._lock = RLock()
        self._wrap: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None
        self._hold: Hold | None = None

    def take(self, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Put ``wrap(method)`` in the method's place, now or as soon as there is one."""
        self._wrap = wrap
        module = sys.modules.get(self._module)
        if module is None:
            sys.meta_path.insert(0, self)
        else:
            self._hold_in(module)

    def release(self) -> None:
        with self._lock:
            self._wrap = None
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            if self._hold is not None:
                self._hold.release()
                self._hold = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
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
            self._hold_in(module)

        loader.exec_module = exec_module

    def _hold_in(self, module: ModuleType) -> None:
        with self._lock:
            cls: Any = getattr(module, self._cls, None)
            # A version of the library that has it elsewhere is none that could be held.
            if self._wrap is None or self._hold is not None or not hasattr(cls, self._method):
                return
            self._hold = Hold(cls, self._method)
            self._hold.take(self._wrap)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
