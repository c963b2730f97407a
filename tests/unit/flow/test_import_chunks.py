"""Chunks of a file: whole rows, none lost, none twice, whatever their size."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_memory.values import KIND

from frontend_api.domain.errors import MalformedInput, TooLarge
from frontend_api.flow.bulk_chunks import Chunk, chunk_bytes, header_of, next_chunk, rows_of
from frontend_api.flow.bulk_table import Table
from frontend_api.ports import ImportFormat

JSON, CSV = ImportFormat.JSON_LINES, ImportFormat.CSV
TABLE = Table(["kind", "business_no", "remark"], {"plain": KIND})
LIMIT = 200


def chunks(data: bytes, form: ImportFormat, size: int, start: int = 0) -> list[Chunk]:
    found = []
    while not found or found[-1].end < len(data):
        at = found[-1].end if found else start
        found.append(next_chunk(data, len(found), at, form, row_limit=LIMIT, size=size))
    return found


def bodies(data: bytes, form: ImportFormat, size: int, start: int = 0) -> list[tuple[int, object]]:
    table = TABLE if form is CSV else None
    found, before = [], 0
    for chunk in chunks(data, form, size, start):
        count, rows = rows_of(data, chunk, form, table, LIMIT)
        found += [(before + row.place, row.body) for row in rows]
        before += count
    return found


@given(st.lists(st.integers(0, 10**9), max_size=30), st.integers(1, 200), st.booleans())
def test_json_lines__cut_anywhere__every_row_once_at_its_place(
    numbers: list[int], size: int, ended: bool
) -> None:
    data = b"\n".join(b"%d" % n for n in numbers) + (b"\n" if ended else b"")
    assert bodies(data, JSON, size) == list(enumerate(numbers))


@given(
    st.lists(st.text(alphabet='ab",\n\r票 ', max_size=20), max_size=20),
    st.integers(1, 300),
)
def test_csv__cut_anywhere__texts_with_quotes_and_lines_stay_whole(
    remarks: list[str], size: int
) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(
        ["plain", f"B-{n}", r] for n, r in enumerate(remarks)
    )
    found = bodies(out.getvalue().encode(), CSV, size)
    assert [row for row, _ in found] == list(range(len(remarks)))
    wanted = [
        {"kind": "plain", "business_no": f"B-{n}", **({"remark": r} if r else {})}
        for n, r in enumerate(remarks)
    ]
    assert [b for _, b in found] == wanted


@pytest.mark.parametrize("size", [50, 150, 10_000])
def test_json_lines__a_row_over_the_limit__is_refused_alone(size: int) -> None:
    data = b"1\n" + b" " * 20_000 + b"2\n3\n"
    found = bodies(data, JSON, size)
    assert [(row, type(b)) for row, b in found] == [(0, int), (1, TooLarge), (2, int)]


def test_json_lines__a_row_over_the_limit__is_not_read() -> None:
    chunk, _ = chunks(b"x" * 1_000 + b"\n1\n", JSON, 100)
    assert chunk.oversized
    assert rows_of(b"", chunk, JSON, None, LIMIT)[0] == 1


@pytest.mark.parametrize(
    ("left", "size"), [(0, 100_000), (10_000_000, 416_666), (10**9, 1_500_000)]
)
def test_chunk_bytes__small_files__are_shared_out__large_ones__in_transactions(
    left: int, size: int
) -> None:
    assert chunk_bytes(left, workers=3) == size


def test_csv__quote_that_is_never_closed__refused_and_the_reading_goes_on() -> None:
    data = b'plain,B-1,"no end\n' + b"plain,B-2,x\n" * 100
    found = bodies(data, CSV, 100)
    assert any(isinstance(b, TooLarge | MalformedInput) for _, b in found)
    assert {"kind": "plain", "business_no": "B-2", "remark": "x"} in [b for _, b in found]


def test_csv__text_after_a_closing_quote__that_record_alone_is_refused() -> None:
    found = bodies(b'plain,B-1,"a"b\nplain,B-2,c\n', CSV, 1_000)
    assert isinstance(found[0][1], MalformedInput)
    assert found[1] == (1, {"kind": "plain", "business_no": "B-2", "remark": "c"})


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_header__with_and_without_byte_order_mark__same_names(mark: bytes) -> None:
    data = mark + b'kind,"holder/name"\r\nplain,x\r\n'
    names, start = header_of(data, CSV, LIMIT)
    assert names == ["kind", "holder/name"]
    assert data[start:] == b"plain,x\r\n"


def test_header__gb18030__refused_with_what_to_do() -> None:
    with pytest.raises(MalformedInput, match="CSV UTF-8"):
        header_of("kind,备注\n".encode("gb18030"), CSV, LIMIT)
