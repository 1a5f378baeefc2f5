"""All or nothing: what the mock replaces of other libraries, now or when they are imported."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import sys
import zipfile
from importlib.metadata import version
from operator import attrgetter
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import botocore.endpoint
import pytest
import responses
from botocore.client import BaseClient
from botocore.config import Config
from botocore.retries.bucket import TokenBucket
from botocore.session import Session
from urllib3.connectionpool import HTTPConnectionPool

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.transports.patching import Patches, all_or_nothing


def install(folder, name, number):
    """Have an installed library of that version for ``importlib.metadata``."""
    (folder / f"{name}-{number}.dist-info").mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n"
    (folder / f"{name}-{number}.dist-info" / "METADATA").write_text(metadata)


def is_off():
    with pytest.raises(RuntimeError, match="No mock is on"):
        current_mock()
    return True


# A library that has moved a name


class AioBaseClient:
    async def _make_request(self):
        pass


class AioSession:
    async def _create_client(self):
        pass


@pytest.fixture
def aiobotocore(monkeypatch, tmp_path):
    """Stand-ins of its modules: it cannot be installed beside the newest botocore."""
    install(tmp_path, "aiobotocore", "99.9")
    monkeypatch.syspath_prepend(str(tmp_path))
    for module, cls in (("client", AioBaseClient), ("session", AioSession)):
        stand_in = ModuleType(f"aiobotocore.{module}")
        monkeypatch.setattr(cls, "__module__", stand_in.__name__)
        setattr(stand_in, cls.__name__, cls)
        monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)


@pytest.fixture
def patched(aiobotocore):  # noqa: ARG001 - what is there of it
    """Everything that is patched while a mock is on, with its library and name."""
    importlib.import_module("moto.cloudformation.responses")
    stacks = importlib.import_module("moto.cloudformation.models")
    parsing = importlib.import_module("moto.cloudformation.parsing")
    tagging = importlib.import_module("moto.resourcegroupstaggingapi.responses")
    return {
        "client": (BaseClient, "botocore.client.BaseClient._make_request"),
        "session": (Session, "botocore.session.Session.create_client"),
        "pool": (HTTPConnectionPool, "urllib3.connectionpool.HTTPConnectionPool.urlopen"),
        "responses": (responses.RequestsMock, "responses.RequestsMock._find_match"),
        "aio client": (AioBaseClient, "aiobotocore.client.AioBaseClient._make_request"),
        "aio session": (AioSession, "aiobotocore.session.AioSession._create_client"),
        "look-up": (parsing, "moto.cloudformation.parsing.resource_class_from_type"),
        "resources": (parsing.ResourceMap, "moto.cloudformation.parsing.ResourceMap.delete"),
        "stacks": (
            stacks.CloudFormationBackend,
            "moto.cloudformation.models.CloudFormationBackend.delete_stack",
        ),
        "tagging": (
            tagging.ResourceGroupsTaggingAPIBackend,
            "moto.resourcegroupstaggingapi.models.ResourceGroupsTaggingAPIBackend.tag_resources",
        ),
    }


def everything(patched):
    """What a start could leave changed."""
    return (
        [dict(vars(owner)) for owner, _ in patched.values()],
        list(sys.meta_path),
        dict(os.environ),
        boto3.DEFAULT_SESSION,
    )


@pytest.mark.needs("moto")
@pytest.mark.parametrize(
    "point",
    [
        "client",
        "session",
        "pool",
        "responses",
        "aio client",
        "aio session",
        "look-up",
        "resources",
        "stacks",
        "tagging",
    ],
)
def test_a_start_that_finds_a_name_moved_leaves_nothing_behind(patched, point, monkeypatch):
    owner, name = patched[point]
    library = name.partition(".")[0]
    untouched = everything(patched)
    mock = mock_imagebuilder()

    with monkeypatch.context() as moved:
        for cls in getattr(owner, "__mro__", [owner]):
            moved.delattr(cls, name.rpartition(".")[2], raising=cls is owner)
        without_it = everything(patched)
        with pytest.raises(
            RuntimeError,
            match=re.escape(f"{library} {version(library)} has no {name}, which imagebuilder_mock"),
        ):
            mock.start()

        assert everything(patched) == without_it
        with pytest.raises(RuntimeError, match=r"stop\(\) without start\(\)"):
            mock.stop()
        assert is_off()

    assert everything(patched) == untouched
    with mock:
        assert current_mock() is mock
        assert everything(patched) != untouched
        assert mock.client().list_images()["imageVersionList"] == []
    assert everything(patched) == untouched


def test_the_error_says_what_to_do(monkeypatch):
    monkeypatch.delattr(BaseClient, "_make_request")

    with pytest.raises(RuntimeError) as raised:
        mock_imagebuilder().start()

    assert str(raised.value).endswith(
        "Nothing of it is left patched. Use a version of botocore that is supported "
        "(botocore>=1.34.0), or a newer imagebuilder_mock, and report this if there is none."
    )


def test_a_start_that_is_interrupted_leaves_nothing_behind(monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = BaseClient.__dict__["_make_request"], list(sys.meta_path)
    monkeypatch.setattr("imagebuilder_mock.switch.RawDoor.open", interrupt)
    with pytest.raises(KeyboardInterrupt):
        mock_imagebuilder().start()

    assert is_off()
    assert (BaseClient.__dict__["_make_request"], list(sys.meta_path)) == before


def test_a_module_of_the_users_own_that_is_called_responses_is_no_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "responses", ModuleType("responses"))

    with mock_imagebuilder() as mock:
        assert mock.client().list_images()["imageVersionList"] == []


@pytest.mark.parametrize(
    ("owner", "name", "options"),
    [
        (botocore.endpoint.Endpoint, "_needs_retry", {}),
        (TokenBucket, "_sleep_amount", {"retries": {"mode": "adaptive"}}),
    ],
    ids=["endpoint", "limiter"],
)
def test_a_client_that_cannot_be_patched_is_as_before(owner, name, options, monkeypatch):
    client: Any = boto3.client(
        "imagebuilder",
        "us-east-1",
        config=Config(**options),
        aws_access_key_id="example",
        aws_secret_access_key="example",
    )
    events = client.meta.events
    events.register("before-send", lambda **_: None)
    monkeypatch.delattr(owner, name)

    def handlers():
        return [
            list(events._emitter._handlers.prefix_search(f"{event}.imagebuilder"))
            for event in ("before-send", "choose-signer")
        ]

    before = handlers(), dict(vars(client._endpoint))
    with (
        mock_imagebuilder(),
        pytest.raises(RuntimeError, match=rf"^botocore .* has no botocore\..*{name}"),
    ):
        client.list_images()

    assert (handlers(), dict(vars(client._endpoint))) == before


# The list of patches


class Original:
    def call(self):
        return "call"


class Heir(Original):
    pass


def louder(original, *args):
    return original(*args).upper()


@pytest.mark.parametrize("owner", [Original, Heir, Original()], ids=["own", "inherited", "object"])
def test_what_is_patched_is_undone_to_the_attribute(owner):
    before = dict(vars(owner))
    patches = Patches()
    patches.patch(owner, "call", louder)
    call = owner.call if isinstance(owner, Original) else owner().call
    assert call() == "CALL"

    patches.undo()

    assert dict(vars(owner)) == before


def test_what_is_undone_goes_in_reverse_and_once():
    undone: list[str] = []
    patches = Patches()
    patches.callback(lambda: undone.append("first"))
    patches.callback(lambda: undone.append("last"))
    patches.undo()
    patches.undo()

    assert undone == ["last", "first"]


def test_one_that_cannot_be_undone_keeps_no_other_from_it():
    before = Original.call
    patches = Patches()
    patches.patch(Original, "call", louder)
    patches.callback(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        patches.undo()

    assert Original.call is before


def test_a_stop_that_fails_has_stopped(monkeypatch):
    before = BaseClient.__dict__["_make_request"], list(sys.meta_path)
    mock = mock_imagebuilder()
    with monkeypatch.context() as broken:
        broken.setattr("imagebuilder_mock.switch.BotocoreDoor._leave_clients", lambda _: 1 / 0)
        mock.start()
        with pytest.raises(ZeroDivisionError):
            mock.stop()

    assert is_off()
    assert (BaseClient.__dict__["_make_request"], list(sys.meta_path)) == before


def test_who_wrapped_ours_keeps_their_wrap_and_ours_lets_through(monkeypatch):
    patches = Patches()
    patches.patch(Original, "call", louder)
    ours = Original.call
    monkeypatch.setattr(Original, "call", lambda self: f"theirs around {ours(self)}")
    assert Original().call() == "theirs around CALL"

    patches.undo()

    assert Original().call() == "theirs around call"


def test_what_another_thread_patches_after_the_end_is_undone():
    before = Original.call
    patches, undone = Patches(), []
    patches.undo()

    patches.patch(Original, "call", louder)
    patches.callback(lambda: undone.append("late"))

    assert Original.call is before
    assert undone == ["late"]


def test_a_patched_method_has_its_signature():
    before = inspect.signature(Session.create_client)
    with mock_imagebuilder():
        assert inspect.signature(Session.create_client) == before


# Libraries that are imported while the mock is on

CLIENT = "class Client:\n    def call(self):\n        return 'call'\n"
LIBRARY = "a_late_library"


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Write a module; the answer imports it, and forgets it at the end."""
    monkeypatch.syspath_prepend(str(tmp_path))
    install(tmp_path, LIBRARY, "1.2.3")

    def write(text):
        (tmp_path / f"{LIBRARY}.py").write_text(text)
        importlib.invalidate_caches()
        return lambda: importlib.import_module(LIBRARY)

    yield write
    sys.modules.pop(LIBRARY, None)


@pytest.fixture
def patches():
    finders = list(sys.meta_path)
    patches = Patches()
    patches.patch_late(LIBRARY, "Client.call", louder)
    yield patches
    patches.undo()
    assert sys.meta_path == finders


def test_a_module_is_patched_when_it_is_imported_and_let_go(library, patches):
    module = library(CLIENT)()
    assert module.Client().call() == "CALL"

    patches.undo()

    assert module.Client().call() == "call"


def test_one_that_is_loaded_already_is_patched_at_once(library):
    module = library(CLIENT)()
    patches = Patches()

    patches.patch_late(LIBRARY, "Client.call", louder)

    assert module.Client().call() == "CALL"
    patches.undo()


def test_one_that_is_imported_after_the_end_is_left_alone(library, patches):
    load = library(CLIENT)
    patches.undo()

    assert load().Client().call() == "call"


def test_one_that_was_found_before_the_end_is_left_alone(library, patches):
    library(CLIENT)
    spec: Any = importlib.util.find_spec(LIBRARY)
    patches.undo()
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.Client().call() == "call"


@pytest.mark.usefixtures("patches")
def test_the_loader_of_a_module_is_its_own(library, tmp_path):
    module = library(f"{CLIENT}\nloader = __loader__, __spec__.loader")()

    assert type(module.__loader__).__name__ == "SourceFileLoader"
    assert module.loader == (module.__loader__, module.__loader__)
    assert vars(module.__loader__) == {"name": LIBRARY, "path": str(tmp_path / f"{LIBRARY}.py")}


@pytest.mark.usefixtures("library", "patches")
def test_one_in_a_zip_is_patched_and_no_other_of_the_zip(tmp_path, monkeypatch):
    """All modules of a zip have one loader."""
    archive = tmp_path / "library.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr(f"{LIBRARY}.py", CLIENT)
        written.writestr("another_late_library.py", CLIENT)
    monkeypatch.syspath_prepend(str(archive))
    assert importlib.util.find_spec(LIBRARY) is not None
    other = importlib.import_module("another_late_library")
    monkeypatch.delitem(sys.modules, "another_late_library")

    assert other.Client().call() == "call"
    assert importlib.import_module(LIBRARY).Client().call() == "CALL"


@pytest.mark.usefixtures("patches")
def test_one_whose_import_fails_can_be_imported_again(library, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    with pytest.raises(ZeroDivisionError):
        library("1 / 0")()

    module = library(f"# fixed, and longer than it was\n{CLIENT}")()

    assert module.Client().call() == "CALL"


@pytest.mark.parametrize("text", ["", "class Client: pass"], ids=["class", "method"])
def test_one_that_has_moved_a_name_cannot_be_imported(library, patches, text):
    """Else its requests would leave, and nobody would know."""
    load = library(text)
    for _ in range(2):
        with pytest.raises(
            RuntimeError, match=rf"^{LIBRARY} 1\.2\.3 has no {LIBRARY}\.Client\.call, which"
        ):
            load()
        assert LIBRARY not in sys.modules

    patches.undo()

    assert load().__name__ == LIBRARY


def test_one_that_has_moved_a_name_is_left_as_it_is(library):
    """What was patched until then is undone: it may be of a module that stays."""
    load = library(CLIENT)
    shared = SimpleNamespace(call=lambda: "call")

    def patch(module, patches):
        patches.patch(shared, "call", louder)
        assert shared.call() == "CALL"
        patches.patch(module, "Client.gone", louder)

    with all_or_nothing() as patches:
        patches.when_imported(LIBRARY, patch)
        with pytest.raises(RuntimeError, match="has no"):
            load()

        assert attrgetter("call")(shared)() == "call"
    patches.undo()


def test_one_that_is_not_there_is_not_there(patches):
    with pytest.raises(ModuleNotFoundError, match=LIBRARY):
        importlib.import_module(LIBRARY)
    assert patches.are_on
