"""What may have been meant by a name that is not known."""

from __future__ import annotations

import traceback

import pytest

from imagebuilder_mock.domain.suggestions import Suggesting, closest, did_you_mean, listed


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("hardning", ["hardening", "web"], "hardening"),
        ("wbe", ["golden", "web"], "web"),
        ("list_images", ["ListImages", "ListImagePackages"], "ListImages"),
        ("LISTIMAGES", ["ListImages"], "ListImages"),
        ("Executebash", ["executeBash", "ExecuteBash"], "ExecuteBash"),
        ("app", ["golden", "web"], None),
        ("web", ["web"], None),
        ("web", [], None),
        ("web-server-of-the-shop", ["web-server"], None),
        ("Throttling", ["ServiceException", "ThrottlingException"], "ThrottlingException"),
        ("pipelines", ["components", "image pipelines"], "image pipelines"),
        ("recipes", ["container recipes", "image recipes"], None),
        ("tags", ["includeSnapshotTags"], None),
        ("fin", ["finish_all"], None),
        ("?", ["finish_all"], None),
    ],
)
def test_the_closest_word_differs_by_a_slip_or_is_the_only_longer_one(word, words, meant):
    assert closest(word, words) == meant


def test_it_is_a_sentence_to_stand_behind_another():
    assert did_you_mean("build", ["builds", "clock"]) == " Did you mean 'builds'?"
    assert did_you_mean("time", ["builds", "clock"]) == ""


def test_a_list_is_no_wall():
    assert listed([]) == "none"
    assert listed(["a", "b"]) == "a, b"
    assert listed("abcdefghijklmnop") == "a, b, c, d, e, f, g, h, i, j, k, l and 4 more"


class Lamp(Suggesting):
    __slots__ = ()
    light = 1


def test_an_unknown_attribute_is_told_with_the_one_that_was_meant_once():
    with pytest.raises(AttributeError) as caught:
        Lamp().lihgt  # type: ignore[attr-defined] # noqa: B018 - that is the mistake

    said = "'Lamp' object has no attribute 'lihgt'. Did you mean 'light'?"
    assert str(caught.value) == said
    # Python adds nothing of its own.
    assert traceback.format_exception_only(caught.value) == [f"AttributeError: {said}\n"]
    assert not hasattr(Lamp(), "_light")
