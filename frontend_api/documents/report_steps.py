"""How to repeat a verification by hand: formulas, and commands for any JSON-RPC tool.

The commands are cast's (Foundry), with what is to come out; ``$RPC`` is a node that the reader
trusts, which is the point of repeating it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from frontend_api.domain.flags import SWAPPED
from frontend_api.verify import Verdict, VerificationReport

_BATCH = "batch(uint64)((bytes32,uint64,uint32,uint64,uint64,address,uint128,bytes18))"
_LIFE = "bill_life(uint64)((uint256,uint64,uint8,uint256,bool))"
_AMOUNTS = "amounts(uint64)(uint128,uint128,bool)"


def steps_of(report: VerificationReport, name: str) -> list[dict[str, Any]]:
    """Each step with ``zh``, ``en`` and ``lines`` to type or to compute."""
    file = shlex.quote(name)
    steps = [
        _step(
            "核对文件就是这一份",
            "See that it is this very file",
            f"sha256sum {file}",
        ),
        _step(
            "用开源查验程序重做全部检查（部署记录取自财政部门的公布）",
            "Make every check again with the open verifier; the record is the supervisor's",
            f"piaolian verify {file} --rpc $RPC --trust deployment.json",
        ),
    ]
    if any(check.name == "integrity" for check in report.verdicts):
        steps += _formulas()
    return [*steps, *_calls(report)]


def _formulas() -> Iterator[dict[str, Any]]:
    yield _step(
        "内容根：每个字段的摘要按路径排序，作为 RFC 6962 树的叶",
        "Content root: the fields' digests, by path, are the leaves of a tree of RFC 6962",
        "digest = SHA-256( base64url( JSON [salt, path, value] ) )",
        "leaf = SHA-256( 0x00 || digest )    node = SHA-256( 0x01 || left || right )",
    )
    yield _step(
        "票据的叶：票据头编码为十个 32 字节的字（规范第 5 节）；沿审计路径算到批次根",
        "The bill's leaf: its header as ten words of 32 bytes; then up the audit path to the root",
        "leaf = SHA-256( 0x00 || header )    index = bill_key - batch_id",
    )


def _calls(report: VerificationReport) -> Iterator[dict[str, Any]]:
    trusted = report.asked.deployment
    inclusion = next((c for c in report.verdicts if c.name == "inclusion"), None)
    if trusted is None or inclusion is None or inclusion.verdict is not Verdict.VALID:
        return
    facts = inclusion.finding.facts
    key = f"{report.bill_code}{report.bill_no}"
    yield _step(
        "向自己信任的节点查询批次：第一项应为下列批次根，第三项为张数",
        "Ask a node of your own for the batch: first comes this root, third the number of bills",
        f'cast call {trusted.bill_registry} "{_BATCH}" {facts["batch_id"]} --rpc-url $RPC',
        f"root {facts['root']}    count {facts['size']}",
    )
    yield _step(
        f"票据现状：第一项 0 为有效，其他为作废、红冲或红字；第四项 {SWAPPED} 为已换开纸质",
        f"State now: first 0 is in force, others void, reversed, red; fourth {SWAPPED} is on paper",
        f'cast call {trusted.bill_registry} "{_LIFE}" {key} --rpc-url $RPC',
    )
    yield _step(
        "金额：已报销、已锁定（分）",
        "Amounts in fen: settled, reserved",
        f'cast call {trusted.reimbursement_ledger} "{_AMOUNTS}" {key} --rpc-url $RPC',
    )


def _step(zh: str, en: str, *lines: str) -> dict[str, Any]:
    return {"zh": zh, "en": en, "lines": list(lines)}
