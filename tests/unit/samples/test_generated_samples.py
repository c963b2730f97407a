"""Sample bills: right in every rule, the same for a seed, and nobody's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from frontend_api.domain.kind import Kind
from frontend_api.domain.request import RequestRules
from frontend_api.domain.states import PayerKind, Role
from frontend_api.domain.uscc import require_uscc
from frontend_api.kinds import load_kinds
from frontend_api.kinds.loader import PACKAGED
from frontend_api.samples import generate, sample_institutions
from frontend_api.samples.people import check_digit

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COUNT = 4000
_ROOT = Path(__file__).parents[3]
_OTHER_PROCESS = """
import json
from datetime import UTC, datetime
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate
now = datetime(2026, 11, 22, 12, tzinfo=UTC)
print(json.dumps(list(generate(load_kinds(), 5, 50, now))))
"""


@pytest.fixture(scope="module")
def kinds() -> dict[str, Kind]:
    return load_kinds()


@pytest.fixture(scope="module")
def requests(kinds: dict[str, Kind]) -> list[dict[str, Any]]:
    return list(generate(kinds, 1, COUNT, NOW))


def test_samples__all_kinds__pass_every_rule_of_a_request(
    kinds: dict[str, Kind], requests: list[dict[str, Any]]
) -> None:
    rules = RequestRules(kinds)
    for request in requests:
        rules.check(request, int(NOW.timestamp()))
    assert {request["kind"] for request in requests} == set(kinds)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_samples__mean_total__is_near_that_of_hainan(seed: int, kinds: dict[str, Kind]) -> None:
    totals = [request["total"] for request in generate(kinds, seed, COUNT, NOW)]
    assert sum(totals) / COUNT == pytest.approx(162_600, rel=0.1)


def test_samples__lines_and_dates__are_in_range(requests: list[dict[str, Any]]) -> None:
    for request in requests:
        assert 1 <= len(request["lines"]) <= 12
        age = NOW - datetime.fromisoformat(request["issued_at"])
        assert timedelta() < age <= timedelta(days=3)


def test_samples__business_numbers__are_unique_also_between_seeds(
    kinds: dict[str, Kind], requests: list[dict[str, Any]]
) -> None:
    numbers = [r["business_no"] for r in [*requests, *generate(kinds, 2, COUNT, NOW)]]
    assert max(Counter(numbers).values()) == 1


def test_samples__medical__groups_payments_and_deposits_add_up(
    requests: list[dict[str, Any]],
) -> None:
    for request in (r for r in requests if r["kind"].startswith("medical")):
        detail, total = request["detail"], request["total"]
        assert sum(group["amount"] for group in detail["fee_groups"]) == total
        assert sum(detail["payment"].values()) == total
        assert request["at_source"] == detail["payment"]["fund"] > 0
        if request["kind"] == "medical_inpatient":
            paid = detail["prepaid"] + detail["top_up"] - detail["refund"]
            assert paid == detail["payment"]["cash"]


def test_samples__people__have_right_check_digits_and_exist_nowhere(
    requests: list[dict[str, Any]],
) -> None:
    people = [r["holder"] for r in requests if r["holder"]["type"] == "person"]
    assert len(people) > COUNT / 2
    for person in people:
        number = person["id"]
        assert number[:2] == "99"
        assert number[6:8] == "18"
        assert check_digit(number[:17]) == number[17]


def test_check_digit__published_example() -> None:
    # GB 11643-1999, the standard's own example.
    assert check_digit("11010519491231002") == "X"


def test_samples__same_seed__same_bytes_in_another_process(kinds: dict[str, Kind]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _OTHER_PROCESS],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "3", "TZ": "America/Lima"},
    )
    assert json.loads(done.stdout) == list(generate(kinds, 5, 50, NOW))


def test_samples__longer_run__begins_with_the_shorter_one(kinds: dict[str, Kind]) -> None:
    assert list(islice(generate(kinds, 5, 1000, NOW), 20)) == list(generate(kinds, 5, 20, NOW))


def test_samples__kinds_without_samples__are_left_out(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "parking", tmp_path / "parking")
    (tmp_path / "parking" / "sample.json").unlink()
    with pytest.raises(ValueError, match="none of these kinds"):
        next(generate(load_kinds(tmp_path), 1, 1, NOW))


def test_samples__unknown_maker__is_named(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "parking", tmp_path / "parking")
    path = tmp_path / "parking" / "sample.json"
    recipe = json.loads(path.read_text(encoding="utf-8"))
    recipe["detail"]["plate"] = {"magic": 1}
    path.write_text(json.dumps(recipe), encoding="utf-8")
    with pytest.raises(ValueError, match="'magic' is no way"):
        next(generate(load_kinds(tmp_path), 1, 1, NOW))


def test_institutions__have_valid_codes_and_names_that_say_sample(kinds: dict[str, Kind]) -> None:
    institutions = sample_institutions(kinds)
    for institution in institutions:
        assert require_uscc(institution.uscc)
        assert "样例" in institution.name
        nationwide = institution.payer_kind is PayerKind.COMMERCIAL
        assert institution.region == (0 if nationwide else 460000)
    assert len({i.uscc for i in institutions}) == len(institutions)


def test_institutions__one_supervisor_an_issuer_for_every_kind_and_three_payers(
    kinds: dict[str, Kind],
) -> None:
    institutions = sample_institutions(kinds)
    roles = Counter(i.role for i in institutions)
    assert roles[Role.SUPERVISOR] == 1
    issued = [kind for i in institutions for kind in i.kinds]
    assert sorted(issued) == sorted(kinds)
    payers = {i.payer_kind for i in institutions if i.role is Role.PAYER}
    assert payers == {PayerKind.STATUTORY, PayerKind.COMMERCIAL, PayerKind.EMPLOYER}
