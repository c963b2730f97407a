"""Imports over HTTP: accepted, followed, listed; refused in the right words."""

from __future__ import annotations

import csv
import io
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from in_memory.xlsx_files import sheet, write_xlsx

from .support import KIND, OTHER_KIND, Api

PATH = "/api/v1/imports"
JSONL, CSV = "application/x-ndjson", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module", autouse=True)
def _working(platform: Any) -> Iterator[None]:
    with platform.services.imports.working():
        yield


def send(api: Api, data: bytes, media_type: str = JSONL, **headers: str) -> httpx.Response:
    sent = {
        "Content-Type": media_type,
        "Idempotency-Key": secrets.token_hex(8),
        **api.issuer(),
        **headers,
    }
    return api.http.post(PATH, content=data, headers=sent)


def finished(api: Api, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 60
    while True:
        found: dict[str, Any] = api.http.get(
            answer.headers["Location"], headers=api.issuer()
        ).json()
        if found["state"] in ("DONE", "GIVEN_UP"):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def lines(*requests: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(r) for r in requests).encode()


def some(api: Api, count: int) -> list[dict[str, Any]]:
    return [api.platform.sample(KIND) for _ in range(count)]


def test_import__json_lines__issued_anchored_and_counted(api: Api) -> None:
    requests = some(api, 5)
    answer = send(api, lines(*requests))
    assert answer.json()["state"] == "WAITING"
    assert answer.headers["Location"] == answer.json()["links"]["self"]
    done = finished(api, answer)
    assert (done["accepted"], done["rejected"], done["rows_read"]) == (5, 0, 5)
    assert done["seconds_left"] == 0
    assert done["rows_a_second"] > 0
    deadline = time.monotonic() + 30
    while done["anchored"] < 5:
        assert time.monotonic() < deadline, done
        done = api.http.get(done["links"]["self"], headers=api.issuer()).json()
    kind = requests[0]["kind"]
    page = api.http.get(f"/api/v1/bills?limit=5&kind={kind}", headers=api.issuer()).json()
    assert {b["business_no"] for b in page["items"]} == {r["business_no"] for r in requests}


def test_import__same_key__same_import__other_file__422(api: Api) -> None:
    data, key = lines(*some(api, 2)), {"Idempotency-Key": secrets.token_hex(8)}
    first, again = send(api, data, **key), send(api, data, **key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["import_id"] == first.json()["import_id"]
    other = send(api, lines(*some(api, 1)), **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


def flat(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict | list):
        return {path: value}
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return {k: v for name, item in inner for k, v in flat(item, f"{path}/{name}").items()}


def test_import__csv__bad_rows_listed_as_json_and_as_a_table(api: Api) -> None:
    good, bad, evil = (flat(r) for r in some(api, 3))
    bad["/total"] = f"{bad['/total']}.50"
    evil["/staff/handler"] = "x" * 100
    names = sorted({*good, *bad, *evil})
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows([good, bad, evil])
    done = finished(api, send(api, out.getvalue().encode(), "text/csv; charset=utf-8"))
    assert (done["format"], done["accepted"], done["rejected"]) == ("csv", 1, 2)
    errors = done["links"]["errors"]
    first = api.http.get(f"{errors}?limit=1", headers=api.issuer()).json()
    assert [(e["row"], e["path"], e["code"]) for e in first["items"]] == [
        (3, "/total", "wrong-type")
    ]
    after = first["next_cursor"]
    rest = api.http.get(f"{errors}?cursor={after}", headers=api.issuer()).json()
    assert [(e["row"], e["path"]) for e in rest["items"]] == [(4, "/staff/handler")]
    assert rest["next_cursor"] is None
    table = api.http.get(f"{errors}?format=csv", headers=api.issuer())
    assert table.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["row", "path"], ["3", "/total"], ["4", "/staff/handler"]]


def test_import__xlsx__issued(api: Api, tmp_path: Path) -> None:
    requests = [flat(r) for r in some(api, 2)]
    names = sorted({*requests[0], *requests[1]})
    rows = [names, *([r.get(n) for n in names] for r in requests)]
    data = write_xlsx(tmp_path / "a.xlsx", sheet(rows)).read_bytes()
    done = finished(api, send(api, data, XLSX))
    assert (done["format"], done["accepted"], done["rejected"]) == ("xlsx", 2, 0)


def test_import__zip_bomb__413(api: Api, tmp_path: Path) -> None:
    bomb = {"xl/media/a.bin": bytes(20_000_000)}
    data = write_xlsx(tmp_path / "a.xlsx", sheet([["kind"]]), **bomb).read_bytes()
    answer = send(api, data, XLSX)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    ("media_type", "data", "status"),
    [
        ("application/json", b"{}", 415),
        (JSONL, b"kind,total", 415),
        (CSV, b'{"kind": 1}', 415),
        (XLSX, b"kind,total", 415),
        (CSV, "kind,备注\n".encode("gb18030"), 400),
        (CSV, b"total,total\n1,1\n", 400),
        (XLSX, b"PK\x03\x04....", 400),
        (JSONL, b"", 400),
    ],
)
def test_import__file_that_cannot_be_read__refused_at_once(
    api: Api, media_type: str, data: bytes, status: int
) -> None:
    answer = send(api, data, media_type)
    assert answer.status_code == status, answer.text
    folder = api.platform.home / "imports"
    assert list(folder.glob("*.part")) == []


def test_import__no_key__400__payer__403__nobody__401(api: Api) -> None:
    headers = {"Content-Type": JSONL}
    assert api.http.post(PATH, content=b"{}", headers=headers).status_code == 401
    missing = api.http.post(PATH, content=b"{}", headers={**headers, **api.issuer()})
    assert missing.json()["type"] == "/problems/missing-idempotency-key"
    payer = {**headers, **api.payer("STATUTORY"), "Idempotency-Key": "x"}
    assert api.http.post(PATH, content=b"{}", headers=payer).status_code == 403


def test_import__of_another_issuer__404_like_one_that_is_not_there(api: Api) -> None:
    answer = send(api, lines(*some(api, 1)))
    other = api.issuer(OTHER_KIND)
    for path in (answer.headers["Location"], f"{PATH}/{'0' * 32}"):
        for part in ("", "/errors"):
            found = api.http.get(path + part, headers=other)
            assert (found.status_code, found.json()["detail"]) == (404, "there is no such import")


def test_import__rows_of_another_issuers_kind__refused(api: Api) -> None:
    done = finished(api, send(api, lines(api.platform.sample(OTHER_KIND))))
    assert (done["accepted"], done["rejected"]) == (0, 1)
    (error,) = api.http.get(done["links"]["errors"], headers=api.issuer()).json()["items"]
    assert error["code"] == "numbers-exhausted"


@pytest.mark.parametrize("query", ["?cursor=x", "?limit=0", "?format=pdf"])
def test_errors__bad_query__422(api: Api, query: str) -> None:
    path = send(api, lines(*some(api, 1))).headers["Location"]
    assert api.http.get(f"{path}/errors{query}", headers=api.issuer()).status_code == 422
