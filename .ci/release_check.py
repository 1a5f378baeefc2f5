"""Builds what would be released, and tries it as users meet it: `make release-check`.

The sdist and the wheel are each installed into new environments of every Python that is found,
beside what they require and nothing more, and README's examples are run there. README is shown as
a registry would show it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email import message_from_string
from pathlib import Path
from typing import TYPE_CHECKING

from readme_renderer import markdown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import Message

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"

_EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r'(?:href|src)="([^"]*)"')
_ID = re.compile(r'id="([^"]*)"')
_NOT_COUNTED = {"imagebuilder-mock", "pip", "setuptools"}


def main() -> None:
    wheel, sdist = built()
    about = metadata_of(wheel)
    check_changelog(about["Version"])
    check_readme(about)
    supported = re.findall(r"Python :: (3\.\d+)", "\n".join(about.get_all("Classifier", ())))
    pythons = found_pythons(supported)
    if not pythons:
        sys.exit(f"none of Python {', '.join(supported)} was found")
    for version, python in pythons.items():
        for archive in (wheel, sdist):
            try_installed(archive, about["Version"], version, python)
    for version in supported:
        if version not in pythons:
            print(f"Python {version} was not found, so nothing was tried with it")
    print(f"{about['Name']} {about['Version']} can be released: it is in {DIST.name}")


def built() -> tuple[Path, Path]:
    """The wheel and the sdist in `dist`; the wheel is built from the sdist, as by others."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", DIST], cwd=ROOT)
    [sdist] = DIST.iterdir()
    with tempfile.TemporaryDirectory() as folder, tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
        [source] = Path(folder).iterdir()
        _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", DIST], cwd=source)
    [wheel] = DIST.glob("*.whl")
    print(f"built {sdist.name}, {sdist.stat().st_size // 1000} kB")
    print(f"built {wheel.name}, {wheel.stat().st_size // 1000} kB")
    return wheel, sdist


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_string(archive.read(name).decode())


def check_changelog(version: str) -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for heading in ("## [Unreleased]", f"## [{version}]"):
        if heading not in text:
            sys.exit(f"CHANGELOG.md has no section {heading}")


def check_readme(about: Message) -> None:
    """A registry has no other files of the project."""
    if about["Description-Content-Type"] != "text/markdown":
        sys.exit("the README is not Markdown")
    page = markdown.render(about.get_payload())
    if page is None:
        sys.exit("the README cannot be rendered")
    headings = set(_ID.findall(page))
    dead = [
        link
        for link in _LINK.findall(page)
        if not link.startswith("https://")
        and not (link.startswith("#") and headings & {link[1:], f"user-content-{link[1:]}"})
    ]
    if dead:
        sys.exit(f"the README has links that lead nowhere on a registry's page: {', '.join(dead)}")
    shown = ROOT / "build" / "readme.html"
    shown.parent.mkdir(exist_ok=True)
    shown.write_text(f'<!doctype html><meta charset="utf-8">{page}', encoding="utf-8")
    print(f"the README has no dead link; {shown.relative_to(ROOT)} shows it as a registry would")


def found_pythons(supported: Sequence[str]) -> dict[str, Path]:
    """The supported Pythons of this machine, by version: on PATH, and those of pyenv."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders += sorted(pyenv.glob("*/bin"), reverse=True)
    found: dict[str, Path] = {}
    for version in supported:
        for folder in folders:
            python = folder / f"python{version}"
            if version not in found and python.is_file() and _can_make_environments(python):
                found[version] = python
    return found


def _can_make_environments(python: Path) -> bool:
    """A shim of pyenv may be none, and a distribution may have left out what venv needs."""
    asked = [python, "-c", "import ensurepip, venv"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def try_installed(archive: Path, release: str, version: str, python: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run([python, "-m", "venv", folder / "environment"])
        own = folder / "environment" / "bin" / "python"
        pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, archive])
        listed = _run([own, "-m", "pip", "list", "--format=freeze"])
        beside = set(re.findall(r"^([^=]+)==", listed, re.MULTILINE)) - _NOT_COUNTED
        for command in ([own.with_name("imagebuilder-mock")], [own, "-m", "imagebuilder_mock"]):
            said = _run([*command, "--version"], cwd=folder)
            if said != f"imagebuilder-mock {release}\n":
                sys.exit(f"{command} --version said {said!r}")
        examples = _written_examples(folder / "examples")
        for example in examples:
            if "import pytest" not in example.read_text(encoding="utf-8"):
                _run([own, "-c", _AS_A_PROGRAM, example], cwd=folder)
        _run([*pip, "pytest"])
        _run([own, "-m", "pytest", "-q", "-p", "no:cacheprovider", *examples], cwd=folder)
    print(
        f"Python {version}, {archive.name}: installed beside {len(beside)} packages, "
        f"{len(examples)} examples of the README run"
    )


# Without pytest, an example's tests are called; those that need no fixture of it.
_AS_A_PROGRAM = """
import runpy, sys
for name, value in runpy.run_path(sys.argv[1]).items():
    if name.startswith("test_") and not value.__code__.co_argcount:
        value()
"""


def _written_examples(folder: Path) -> list[Path]:
    """README's examples as files for pytest, which runs a module without tests by importing it."""
    folder.mkdir()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    paths = []
    for number, example in enumerate(_EXAMPLE.findall(text)):
        path = folder / f"test_example_{number}.py"
        has_tests = "def test_" in example
        path.write_text(example + ("" if has_tests else _NOTHING_MORE), encoding="utf-8")
        paths.append(path)
    return paths


_NOTHING_MORE = "\n\ndef test_it_ran():\n    pass\n"


def _run(command: Sequence[object], *, cwd: Path | None = None) -> str:
    """What a program says; one that fails ends the check with its words."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        print(done.stdout)
        sys.exit(f"failed: {' '.join(str(word) for word in command)}")
    return done.stdout


if __name__ == "__main__":
    main()
