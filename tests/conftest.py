"""What holds for every test: no network, no settings from outside, Hypothesis profiles."""

from __future__ import annotations

import gc
import ipaddress
import os
import re
import socket
import textwrap
from collections import Counter
from functools import lru_cache
from pathlib import Path

import botocore.session
import pytest
from botocore.loaders import create_loader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.servers import FULL

# `ci` tries the same few examples in every run, so that a green run stays green; `full` searches.
# Neither minds a slow machine.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", _PATIENT, max_examples=20, stateful_step_count=30, derandomize=True)
settings.register_profile("full", _PATIENT, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A developer's or a machine's own settings change no test: none of AWS, of moto and of the mock,
# and no proxy between a test and its server. Where Terraform's plugins are is a setting of tests.
_SETTINGS = re.compile(r"AWS_|MOTO_|IMAGEBUILDER_MOCK_(?!TERRAFORM_)|\w+_proxy$", re.IGNORECASE)
for _name in filter(_SETTINGS.match, list(os.environ)):
    del os.environ[_name]

# moto makes hundreds of AMIs in each Region that a test looks at; a few of its own are enough.
os.environ["MOTO_AMIS_PATH"] = str(Path(__file__).with_name("amis_of_moto.json"))

# Each test that has moto on has new sessions, and each of these would read the models again.
botocore.session.create_loader = lru_cache(maxsize=8)(create_loader)

_NO_SUCH_FILE = str(Path(__file__).with_name("no-such-file"))


def pytest_collection_finish():
    """What is loaded by now stays, so no garbage collection of a test has to look through it.

    They are rarer too, for what is loaded later stays as well, moto and the models of services.
    """
    _first_property()
    gc.freeze()
    gc.set_threshold(2000, 10, 50)


@given(st.none())
def _first_property(_):
    """With its first property Hypothesis looks for what refers to its Random: not among frozen."""


def pytest_runtest_setup(item):
    for marker in item.iter_markers("needs"):
        for module in marker.args:
            pytest.importorskip(module)
    if not FULL and item.get_closest_marker("full"):
        pytest.skip("it takes its time: make test-full runs it")


def pytest_terminal_summary(terminalreporter):
    """Say why tests were skipped, each reason once, before the names of what failed."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(_told(report.longrepr[2].removeprefix("Skipped: ")) for report in skipped)
    if reasons:
        terminalreporter.section("skipped, and why")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:4} {reason}")


def _told(reason):
    if reason.startswith(("this botocore", "the model")):
        return "this botocore does not know what they are about: pytest -rs names it"
    return textwrap.shorten(reason, 100)


@pytest.fixture(autouse=True)
def _no_aws_settings(monkeypatch):
    """No test has AWS settings that another has left, or that a file in the home folder has.

    AWS_EC2_METADATA_DISABLED is not set: that the mock does not ask for metadata is ours to keep.
    """
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", _NO_SUCH_FILE)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", _NO_SUCH_FILE)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """A test that looks up a name or connects fails, unless it is to this machine.

    It fails at its end too, since botocore turns what it is refused into errors of its own.
    """
    refused = []

    def guarded(function, host_of):
        def call(*args, **kwargs):
            host = host_of(args)
            if not _is_here(host):
                refused.append(host)
                message = f"a test reached for the network: {host}"
                raise ConnectionRefusedError(message)
            return function(*args, **kwargs)

        return call

    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)
        monkeypatch.setattr(socket.socket, name, guarded(original, _host_of_connect))
    monkeypatch.setattr(socket, "getaddrinfo", guarded(socket.getaddrinfo, lambda args: args[0]))
    yield
    assert not refused, f"a test reached for the network: {refused}"


def _host_of_connect(args):
    connecting, address = args
    is_internet = connecting.family in {socket.AF_INET, socket.AF_INET6}
    return address[0] if is_internet else None


def _is_here(host):
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
