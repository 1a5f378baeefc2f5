"""Records change and values do not; both are declared as dataclasses are."""

from __future__ import annotations

from copy import copy, deepcopy
from typing import ClassVar

import pytest

from imagebuilder_mock.domain.records import Record, Value, fresh, has, members_of, replace


def doubled(number: int) -> int:
    return 2 * number


class Shelf(Record, kw_only=True):
    kind: ClassVar[str] = "furniture"

    name: str
    books: list[str] = fresh(factory=list)
    width: int = 80

    @property
    def is_wide(self) -> bool:
        return self.width > 100


class Bookcase(Shelf, kw_only=True):
    width: int = 120
    doors: int


class Size(Value):
    width: int
    height: int = 200
    scale = staticmethod(doubled)


class Rule(Value):
    name: str
    holds: object = doubled


def test_members_are_those_with_an_annotation_the_bases_first():
    assert [member.name for member in members_of(Bookcase)] == ["name", "books", "width", "doors"]


def test_a_member_has_its_classs_default_unless_one_is_given():
    assert (Shelf(name="a").width, Bookcase(name="b", doors=2).width) == (80, 120)
    assert Bookcase(name="c", doors=2, width=60).width == 60
    assert Size(90) == Size(width=90, height=200)


def test_a_fresh_default_is_made_for_each_record():
    first, second = Shelf(name="a"), Shelf(name="b")

    first.books.append("Emma")

    assert second.books == []
    assert Shelf(name="c", books=first.books).books is first.books


@pytest.mark.parametrize(
    ("cls", "values", "members", "sentence"),
    [
        (Bookcase, (), {"width": 60}, "Bookcase is made without name, doors"),
        (Size, (), {}, "Size is made without width"),
        (Shelf, (), {"name": "a", "wide": True}, "Shelf has no wide"),
        (Size, (90,), {"depth": 40}, "Size has no depth"),
        (Size, (90, 200, 3), {}, "Size is given more members by position than it takes"),
        (Shelf, ("a",), {}, "Shelf is given more members by position than it takes"),
        (Size, (90,), {"width": 80}, "Size is given width twice"),
    ],
)
def test_each_member_is_given_once_and_no_other(cls, values, members, sentence):
    with pytest.raises(TypeError) as refused:
        cls(*values, **members)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("original", [Size(90), Shelf(name="a")])
def test_replace_takes_no_unknown_member(original):
    with pytest.raises(TypeError, match=f"^{type(original).__name__} has no depth$"):
        replace(original, depth=40)


def test_a_function_is_a_default_and_no_method():
    assert Rule("double").holds is doubled


def test_a_record_changes_and_equals_only_itself():
    first, second = Shelf(name="a"), Shelf(name="a")

    first.width = 100

    assert first.width == 100
    assert second.width == 80
    assert first != replace(first)
    assert len({first, second}) == 2


def test_patterns_match_the_members_that_are_given_by_position():
    match Size(90):
        case Size(width, height):
            assert (width, height) == (90, 200)
    assert Shelf.__match_args__ == Bookcase.__match_args__ == ()


def test_a_value_does_not_change():
    size = Size(90)

    with pytest.raises(AttributeError, match=r"^Size does not change: its width cannot be set$"):
        size.width = 100  # type: ignore[misc]
    with pytest.raises(AttributeError, match=r"^Size does not change: its width cannot be deleted"):
        del size.width

    assert size.width == 90


def test_values_are_equal_if_their_members_are_given_or_not():
    assert Size(90) == Size(90, 200)
    assert hash(Size(90)) == hash(Size(90, 200))
    assert Size(90) != Size(91)
    assert Size(90) != (90, 200)


@pytest.mark.parametrize("copied", [copy, deepcopy, replace])
def test_a_copy_has_the_same_members(copied):
    shelf, size = Shelf(name="a", books=["Emma"]), Size(90)

    twin = copied(shelf)

    assert twin is not shelf
    assert repr(twin) == repr(shelf) == "Shelf(name='a', books=['Emma'], width=80)"
    assert (twin.books is shelf.books) == (copied is not deepcopy)
    assert copied(size) == size


def test_replace_changes_members_of_a_copy():
    size = Size(90)

    assert replace(size, height=100) == Size(90, 100)
    assert size == Size(90, 200)


def test_a_member_knows_its_default():
    name, books, width = members_of(Shelf)

    assert name.default is None
    assert not name.is_default("a")
    assert books.is_default([])
    assert not books.is_default(())
    assert width.is_default(80)
    assert not width.is_default(81)


@pytest.mark.parametrize(
    ("attribute", "is_there"),
    [("name", True), ("is_wide", True), ("width", True), ("doors", False)],
)
def test_a_class_has_its_members_and_properties(attribute, is_there):
    assert has(Shelf, attribute) == is_there
