"""Patches: replacements of methods of other libraries, made now or when these are imported.

Each start of the mock has one list of them. It is undone in reverse when the mock is stopped, or
when the start fails half-way, so that nothing is left behind. If a library has moved a name, the
start fails, or the import of the library if that comes later. A warning would not be enough: the
program would go on without the patch, and its requests could reach AWS.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from typing import TypeAlias

    Method: TypeAlias = Callable[..., Any]
    """A method; what replaces it is called with the original and then its arguments."""
    Use: TypeAlias = Callable[[ModuleType, "Patches"], None]
    """Adds the patches of a module to a list."""

_INHERITED = object()
_OWN_DISTRIBUTION = "imagebuilder-mock"


@contextmanager
def all_or_nothing() -> Iterator[Patches]:
    """A list of patches that is undone if the block raises."""
    patches = Patches()
    try:
        yield patches
    except BaseException:
        patches.undo()
        raise


class Patches:
    """A list of patches that ``undo`` reverts.

    One thread may import a library while another stops the mock. There is no lock for that, since
    both may also wait for the lock of an import. Instead a patch is on the list before it is made,
    and is undone at once if the list has been undone meanwhile.
    """

    def __init__(self) -> None:
        self.are_on = True
        self._undos: list[Callable[[], object]] = []
        self._awaited: dict[str, Use] = {}
        self._being_found: set[str] = set()

    def patch(self, owner: Any, path: str, instead: Method) -> None:
        """Have ``instead`` called for a method, whose path from ``owner`` may have dots.

        A wrap that somebody puts around ours stays when ours is undone, and ours lets everything
        through from then on. RuntimeError if there is no such method.
        """
        place, name, original = _found(owner, path)
        target: Method = partial(instead, original)

        def patched(*args: Any, **kwargs: Any) -> Any:
            return target(*args, **kwargs)

        # functools.wraps alone would take half as long as the whole patch.
        patched.__name__ = getattr(original, "__name__", name)
        patched.__doc__ = original.__doc__
        patched.__wrapped__ = original  # type: ignore[attr-defined] # it has the signature
        before = place.__dict__.get(name, _INHERITED)

        def put_back() -> None:
            nonlocal target
            target = original
            if place.__dict__.get(name) is not patched:
                return
            if before is _INHERITED:
                delattr(place, name)
            else:
                setattr(place, name, before)

        self._undos.append(put_back)
        setattr(place, name, patched)
        if not self.are_on:
            put_back()

    def require(self, owner: Any, path: str) -> None:
        """RuntimeError if there is no such method. It can be patched later."""
        _found(owner, path)

    def patch_late(self, module: str, path: str, instead: Method) -> None:
        """Patch a method in a module, now or as soon as the program has imported it."""
        self.when_imported(module, lambda found, patches: patches.patch(found, path, instead))

    def when_imported(self, module: str, use: Use) -> None:
        """Hand a module to ``use``, now or as soon as the program has imported it.

        If ``use`` fails, its patches are undone, and the import fails too.
        """
        if self not in sys.meta_path:
            self.callback(self._await_no_more)
            sys.meta_path.insert(0, self)
        self._awaited[module] = use
        if sys.modules.get(module) is not None:
            # Another thread may be in the middle of importing it: this waits for that.
            found = import_module(module)
            if self._awaited.pop(module, None) is not None:
                use(found, self)

    def callback(self, undo: Callable[[], object]) -> None:
        """Have ``undo`` called in its turn when the list is undone."""
        self._undos.append(undo)
        if not self.are_on:
            self.undo()

    def undo(self) -> None:
        """Undo everything, the last first; if one fails, the others are undone all the same."""
        self.are_on = False
        while True:
            try:
                undo = self._undos.pop()
            except IndexError:  # looking first would let another thread come in between
                return
            try:
                undo()
            except BaseException:
                self.undo()
                raise

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Be the first finder: find an awaited module by the others, and wrap its loader.

        One of the others can be a list that awaits the module too, and asks this one in turn.
        """
        if fullname not in self._awaited or fullname in self._being_found:
            return None
        self._being_found.add(fullname)  # the import holds the lock of the module
        try:
            return self._find(fullname, path, target)
        finally:
            self._being_found.discard(fullname)

    def _find(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find is None else find(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    loader: Any = _TellingLoader(spec.loader, partial(self._has_run, fullname))
                    spec.loader = loader
                return spec
        return None

    def _has_run(self, name: str, module: ModuleType) -> None:
        use = self._awaited.pop(name, None)
        if use is None:
            return
        try:
            with all_or_nothing() as patches:
                use(module, patches)
        except BaseException:
            self._awaited[name] = use  # the program may try the import again
            raise
        self.callback(patches.undo)

    def _await_no_more(self) -> None:
        self._awaited.clear()
        if self in sys.meta_path:
            sys.meta_path.remove(self)


class _TellingLoader:
    """Stands in for the loader of a module, and tells when the module has run.

    The loader itself is not changed: modules can share one, as those of a zip file do.
    """

    def __init__(self, loader: Any, tell: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: ModuleType) -> None:
        for place, name in ((module, "__loader__"), (module.__spec__, "loader")):
            if getattr(place, name, None) is self:
                setattr(place, name, self._loader)
        self._loader.exec_module(module)
        self._tell(module)


def _found(owner: Any, path: str) -> tuple[Any, str, Method]:
    """Where a method is, its name there, and the method."""
    place = owner
    *way, name = path.split(".")
    try:
        for step in way:
            place = getattr(place, step)
        return place, name, getattr(place, name)
    except AttributeError:
        raise _moved(owner, path) from None


def _moved(owner: Any, path: str) -> RuntimeError:
    if isinstance(owner, ModuleType):
        where = owner.__name__
    else:
        cls = owner if isinstance(owner, type) else type(owner)
        where = f"{cls.__module__}.{cls.__qualname__}"
    library = where.partition(".")[0]
    supported = _supported(library)
    return RuntimeError(
        f"{library} {_version(library)} has no {where}.{path}, which imagebuilder_mock "
        f"{_version(_OWN_DISTRIBUTION)} patches while it is on. Nothing of it is left patched. "
        f"Use a version of {library} that is supported{supported and f' ({supported})'}, or a "
        "newer imagebuilder_mock, and report this if there is none."
    )


def _version(library: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version(library)
    except PackageNotFoundError:
        return "(of an unknown version)"


def _supported(library: str) -> str:
    """The requirement of this package for a library: ``botocore>=1.34.0``."""
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415

    try:
        requirements = requires(_OWN_DISTRIBUTION) or ()
    except PackageNotFoundError:
        return ""
    named = (requirement.partition(";")[0].strip() for requirement in requirements)
    return next((text for text in named if text.rstrip("<>=!~.0123456789,") == library), "")
