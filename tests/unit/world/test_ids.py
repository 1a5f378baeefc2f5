"""Made-up identifiers have AWS's forms, and a seed repeats them."""

from __future__ import annotations

import re
from random import Random
from uuid import UUID

from imagebuilder_mock.world.ids import Ids


def test_an_ami_has_the_form_of_an_ami_id():
    assert re.fullmatch("ami-0[0-9a-f]{16}", Ids(Random(0)).ami())


def test_hexadecimal_keeps_its_leading_zeros():
    class Zero:
        def getrandbits(self, _: int, /) -> int:
            return 0

    assert Ids(Zero()).hexadecimal(17) == "0" * 17


def test_a_uuid_is_a_random_one():
    ids = Ids(Random(0))
    for _ in range(20):
        text = ids.uuid()
        assert str(UUID(text)) == text
        assert UUID(text).version == 4


def test_a_seed_repeats_the_identifiers():
    one, same, other = Ids(Random(1)), Ids(Random(1)), Ids(Random(2))
    first = [one.uuid(), one.ami()]

    assert first == [same.uuid(), same.ami()]
    assert first != [other.uuid(), other.ami()]
    assert one.uuid() != first[0]
