"""Fields, disclosures, digests, content root, and nesting back."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode

import pytest
from bill_example import CONTENT, FIELDS, HEADER, SEED

from frontend_api.commitment.fields import (
    Field,
    base64url,
    content_root,
    fields_of,
    nest,
    paths_and_values,
)


def test_disclosure__rfc_9901_example__same_text() -> None:
    # RFC 9901, section 4.2.1: the encoding "without white space" of its first example.
    field = Field("_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius")
    assert (
        field.disclosure()
        == b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd"
    )


def test_digest__rfc_9901_example__hash_of_the_text() -> None:
    # RFC 9901, section 4.2.3: how a disclosure becomes a digest; ours is the same, over our text.
    text = b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    published = b"X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert base64url(hashlib.sha256(text).digest()) == published
    field = Field("s", "/p", 1)
    assert field.digest() == hashlib.sha256(field.disclosure()).digest()


def test_fields_of__content__one_field_a_scalar_and_one_an_array_element() -> None:
    content = {"b": {"x": 1, "a/b": {"~": "t"}}, "a": [1, {"c": 2}], "n": None}
    assert dict(paths_and_values(content)) == {
        "/b/x": 1,
        "/b/a~1b/~0": "t",
        "/a/0": 1,
        "/a/1": {"c": 2},
        "/n": None,
    }


def test_fields_of__order__by_the_bytes_of_the_path() -> None:
    content = {"lines": list(range(11)), "票": 1, "a": 2, "B": 3}
    paths = [f.path for f in fields_of(content, SEED)]
    assert paths[:4] == ["/B", "/a", "/lines/0", "/lines/1"]
    assert paths[4:6] == ["/lines/10", "/lines/2"]
    assert paths[-1] == "/票"


def test_fields_of__salts__are_128_bits_and_differ_by_path_and_seed() -> None:
    salts = {f.salt for f in FIELDS}
    assert len(salts) == len(FIELDS)
    assert {len(urlsafe_b64decode(s + "==")) for s in salts} == {16}
    other = fields_of(CONTENT, bytes(32))
    assert not salts & {f.salt for f in other}


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_fields_of__seed_of_another_length__refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        fields_of(CONTENT, bytes(length))


def test_content_root__any_field_changed__another() -> None:
    digests = [f.digest() for f in FIELDS]
    assert content_root(digests) == HEADER.content_root
    for index, field in enumerate(FIELDS):
        altered = Field(field.salt, field.path, "x").digest()
        assert content_root([*digests[:index], altered, *digests[index + 1 :]]) != content_root(
            digests
        )
    assert content_root(digests[::-1]) != content_root(digests)
    assert content_root(digests[:-1]) != content_root(digests)


def test_nest__fields_of_a_bill__give_the_bill() -> None:
    assert nest(FIELDS) == CONTENT


def test_nest__fields_in_any_order__give_the_bill() -> None:
    assert nest(reversed(FIELDS)) == CONTENT


@pytest.mark.parametrize(
    ("paths", "fault"),
    [
        ([("/a", 1), ("/a", 1)], "stands twice"),
        ([("/a/b", 1), ("/a", 1)], "stands twice"),
        ([("/a", 1), ("/a/b", 1)], "below a value"),
        ([("/a", {}), ("/a/b", 1)], "below a value"),
        ([("/a/0", {"name": "x"}), ("/a/0/evil", 1)], "below a value"),
        ([("/a/0", 1), ("/a/2", 1)], "gap"),
        ([("/a/1", 1)], "gap"),
        ([("/a/00", 1)], "gap"),
        ([("/a/0", 1), ("/a/b", 1)], "gap"),
        ([("/a/٠", 1)], "gap"),
        ([("", 1)], "without a path"),
    ],
    ids=str,
)
def test_nest__paths_that_do_not_fit__refused(paths: list[tuple[str, object]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        nest([Field("s", path, value) for path, value in paths])


def test_nest__element_that_is_an_object__stays_as_it_was() -> None:
    element = {"name": "x", "0": "y"}
    assert nest([Field("s", "/a/0", element)]) == {"a": [{"name": "x", "0": "y"}]}
    assert element == {"name": "x", "0": "y"}
