"""The model is not read again if boto3 has read it, nor from where only the program looks."""

from __future__ import annotations

from unittest.mock import Mock

import boto3
import pytest
from botocore.loaders import JSONFileLoader

from imagebuilder_mock.protocol import model


@pytest.fixture
def read(monkeypatch):
    """The files that are read for the model."""
    files = []
    load = JSONFileLoader.load_file

    def load_file(loader, path):
        files.append(path)
        return load(loader, path)

    monkeypatch.setattr(JSONFileLoader, "load_file", load_file)
    model.service_model.cache_clear()
    return files


def a_session():
    session = boto3.Session(
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
    )
    session.client("imagebuilder")
    return session


def test_what_a_client_of_the_default_session_has_read_is_not_read_again(monkeypatch, read):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", a_session())
    read.clear()

    assert "CreateImage" in model.service_model().operation_names
    assert read == []


def test_a_session_that_looks_elsewhere_first_is_not_asked(monkeypatch, read, tmp_path):
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", a_session())
    read.clear()

    assert "CreateImage" in model.service_model().operation_names
    assert read != []


@pytest.mark.parametrize("session", [None, Mock(), object()], ids=["none", "mock", "other"])
def test_without_such_a_session_the_model_is_read(monkeypatch, read, session):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)

    assert "CreateImage" in model.service_model().operation_names
    assert read != []
