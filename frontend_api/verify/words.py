"""What each reason means, for a clerk: zh and en. The codes are stable; the words may improve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from frontend_api.domain.money import figures
from frontend_api.verify.offline_words import OFFLINE_WORDS

_CHINA = timezone(timedelta(hours=8))  # official time of the whole country (北京时间)

# reason: (zh, en); names in braces are the finding's facts.
WORDS: Mapping[str, tuple[str, str]] = {
    # 1 integrity
    "intact": (
        "票据内容完整，与承诺一致。",
        "The bill's content is whole and agrees with its commitment.",
    ),
    "fields-disordered": (
        "票据字段重复或顺序不对，文件被改动过。",
        "The bill's fields stand twice or in another order: the file was altered.",
    ),
    "content-altered": (
        "票据内容被改动过：与其承诺的摘要不一致。",
        "The bill's content was altered: it does not match the digest it was committed to.",
    ),
    "content-malformed": (
        "票据内容无法还原：{detail}。",
        "The bill's content cannot be put together: {detail}.",
    ),
    "content-disagrees": (
        "票据内容与票据头的“{field}”不一致。",
        "The bill's content and its header disagree on {field}.",
    ),
    "lines-do-not-sum": (
        "项目明细之和与合计金额不一致。",
        "The lines do not add up to the total.",
    ),
    "shown-intact": (
        "出示的 {shown} 项（共 {fields} 项）完整，与承诺一致。未出示 {withheld} 项："
        "{withheld_names}；明细 {withheld_lines} 行；未具名 {withheld_unnamed} 项。",
        "The {shown} fields that are shown, of {fields}, are intact. Withheld are {withheld}: "
        "{withheld_names}; {withheld_lines} lines; {withheld_unnamed} without a name.",
    ),
    "must-be-shown": (
        "缺少不得隐去的字段“{field}”。",
        "A field that must not be withheld is missing: {field}.",
    ),
    "unreadable": (
        "这不是可以读取的电子票据文件：{detail}。",
        "This is not a readable bill file: {detail}.",
    ),
    # 2 inclusion
    "included": (
        "票据的证明路径完整，属于批次 {batch_id} 第 {position} 张，共 {size} 张。",
        "The proof is well formed: bill {position} of {size} in batch {batch_id}.",
    ),
    "wrong-place": (
        "证明中的位置与票据号码不符。",
        "The place in the proof is not that of the bill's number.",
    ),
    "proof-malformed": (
        "证明路径不成立：{detail}。",
        "The proof cannot be right: {detail}.",
    ),
    # 3 anchored
    "anchored": (
        "票据所在批次已于 {time} 由 {issuer_name}（{issuer}）登记在区块 {block_number}。",
        "Recorded in block {block_number} at {time} by {issuer_name} ({issuer}).",
    ),
    "not-on-chain": (
        "链上没有这张票据的批次：没有开具过。",
        "The chain has no such batch: the bill was never issued.",
    ),
    "outside-batch": (
        "链上的这个批次不是证明所说的大小，或不包含这个号码。",
        "The batch on the chain has not the size the proof states, or does not hold this number.",
    ),
    "root-differs": (
        "票据与链上登记的不一致：票据或证明被改动过。",
        "The bill is not what the chain recorded: bill or proof were altered.",
    ),
    "block-differs": (
        "票面上的区块标识与链上的不一致。",
        "The block identifier on the face is not the chain's.",
    ),
    # 4 authority
    "authorised": (
        "由受信任的 {issuer_name}（{issuer}）在其密钥有效期内签发。",
        "Issued by {issuer_name} ({issuer}) with a key that was good at the time.",
    ),
    "forged-contracts": (
        "票据所写的链或合约（{field}）与受信任的部署不一致。",
        "The bill names a chain or contract ({field}) that is not the trusted deployment's.",
    ),
    "key-unknown": (
        "签名密钥未在财政部门登记。",
        "The signing key is not in the supervisor's register.",
    ),
    "key-wrong-role": (
        "签名密钥不是开票密钥。",
        "The signing key is not an issuer's key.",
    ),
    "key-not-valid-then": (
        "登记时签名密钥尚未生效或已被撤销。",
        "The signing key was not yet valid, or already revoked, when the batch was recorded.",
    ),
    "disputed": (
        "票据在签名密钥失窃期间（自 {since} 起）登记，属争议票据，不能报销。",
        "Recorded while the key was in wrong hands (since {since}): disputed, cannot be paid.",
    ),
    "issuer-unknown": (
        "开票单位未在财政部门登记。",
        "The issuer is not in the supervisor's register.",
    ),
    "issuer-differs": (
        "票面开票单位与链上的开票单位不一致。",
        "The issuer on the bill is not the one on the chain.",
    ),
    "issuer-name-differs": (
        "票面开票单位名称与登记名称（{issuer_name}）不一致。",
        "The issuer's name on the bill is not the registered one ({issuer_name}).",
    ),
    # 5 live
    "live": ("票据有效，未作废。", "The bill stands: it was not voided."),
    "reversed": (
        "票据已于 {time} 红冲。",
        "The bill was reversed by a red-letter bill at {time}.",
    ),
    "red-letter": (
        "这是红字票据，用于冲销另一张票据，不能报销。",
        "This is a red-letter bill: it takes another bill back and cannot be claimed.",
    ),
    "on-paper": (
        "票据已换开纸质票据，以纸质票据为准。",
        "The bill was swapped for paper: the printed bill counts, not this one.",
    ),
    "voided": ("票据已于 {time} 作废。", "The bill was voided at {time}."),
    # 6 amount
    "amounts": (
        "票面 {amount}，基金已付 {at_source}，已报销 {settled}，锁定 {reserved}，余额 {left}。",
        "Face {amount}: at source {at_source}, settled {settled}, held {reserved}, left {left}.",
    ),
    "overspent": (
        "链上记录的报销超过票面金额，请联系财政部门。",
        "The chain records more than the face amount: ask the supervisor.",
    ),
    # 7 face
    "face-same": ("版面与票据数据一致。", "The page shows exactly what the data says."),
    "face-differs": (
        "版面与票据数据不一致：页面被改动过，以数据为准。",
        "The page does not show what the data says: the page was altered.",
    ),
    "layout-unknown": (
        "此版面由另一版本的软件生成，请按比对项目人工核对。",
        "Another version made this page: compare it by eye with the list below.",
    ),
    "face-not-compared": (
        "无法比对版面：{detail}。",
        "The page could not be compared: {detail}.",
    ),
    "marked-voided": (
        "这份文件带有作废标记（{time}）：票据是否有效，以链上状态为准。",
        "This copy is stamped VOID ({time}): whether the bill counts is what the chain says.",
    ),
    "marked-reversed": (
        "这份文件带有红冲标记（{time}）：票据是否有效，以链上状态为准。",
        "This copy is stamped REVERSED ({time}): whether the bill counts is what the chain says.",
    ),
    "marked-swapped": (
        "这份文件带有已换开纸质票据标记（{time}）：票据是否有效，以链上状态为准。",
        "This copy is stamped SWAPPED for paper ({time}): the chain says whether the bill counts.",
    ),
    # 8 signature
    "signed": (
        "开票单位（{issuer_name}）与财政部门（{supervisor_name}）的电子签名有效，签署时间 {time}。",
        "Signed by the issuer ({issuer_name}) and the supervisor ({supervisor_name}) at {time}.",
    ),
    "signature-broken": (
        "文件在签名之后被改动过，或电子签名不成立。",
        "The document was altered after it was signed, or a signature in it is not genuine.",
    ),
    "not-signed": (
        "文件没有电子签名：数据真伪以上述核对为准，需要签名时请重新下载。",
        "The document is not signed: the data is judged above; download it again for signatures.",
    ),
    "supervisor-not-signed": (
        "文件只有开票单位的电子签名，没有财政部门的。",
        "Only the issuer signed this document, the supervisor did not.",
    ),
    "ca-not-pinned": (
        "签名证书不是由受信任的证书机构签发的，不能说明由谁签署。",
        "No trusted authority issued the signing certificates: they do not tell who signed.",
    ),
    "certificate-not-good": (
        "签名证书在签署时无效，或不是由该证书机构签发的。",
        "A signing certificate was not valid when it signed, or its authority did not issue it.",
    ),
    "signer-differs": (
        "签名人（{signer}）不是票面上的开票单位或财政部门。",
        "The signer ({signer}) is not the issuer or the supervisor named on the bill.",
    ),
    # receipts
    "promised": (
        "回执由受信任平台签署：票据于 {time} 受理，承诺最迟 {by} 登记上链。",
        "Signed by the trusted platform: accepted at {time}, promised on the chain by {by}.",
    ),
    "receipt-forged": (
        "回执不是受信任平台的回执密钥签署的，或被改动过。",
        "The trusted platform's receipt key did not sign this receipt, or it was altered.",
    ),
    "receipt-key-not-pinned": (
        "信任的部署记录中没有平台的回执密钥（receipt_signer）。",
        "The trusted deployment record names no receipt key (receipt_signer).",
    ),
    "promise-kept": (
        "承诺已履行：票据于 {time} 登记，期限为 {by}。",
        "The promise was kept: on the chain at {time}, promised by {by}.",
    ),
    "promise-late": (
        "承诺未按时履行：票据于 {time} 才登记，期限为 {by}。",
        "The promise was kept late: on the chain at {time} only, promised by {by}.",
    ),
    "promise-broken": (
        "承诺未履行：期限 {by} 已过，链上没有这个号码。请凭回执向财政部门申诉。",
        "The promise is broken: {by} is past and the number is not on the chain. Show the receipt.",
    ),
    "promise-open": (
        "尚未登记；承诺期限为 {by}，未到期。",
        "Not on the chain yet; it is promised by {by}, which is still to come.",
    ),
    "promise-unproved": (
        "这个号码已于 {time} 登记，但所在批次有多张票据：请重新获取带证明的回执。",
        "The number is on the chain since {time}, among others: get the receipt again, with proof.",
    ),
    "needs-signature": (
        "回执未经确认，无从核对。",
        "Without a genuine receipt there is no promise to look at.",
    ),
    # why a check could not be made
    "not-pinned": (
        "未指定信任的部署：请用 --trust 指定财政部门公布的部署记录。",
        "No trusted deployment for this bill: pass --trust with the supervisor's published record.",
    ),
    "chain-unreachable": (
        "无法连接区块链，不能说明票据真伪：{detail}。",
        "The chain cannot be reached, which says nothing about the bill: {detail}.",
    ),
    "wrong-chain": (
        "所连接的不是这张票据的区块链：{detail}。",
        "The node that answers is of another chain: {detail}.",
    ),
    "needs-inclusion": (
        "证明不成立，无从核对。",
        "Without a sound proof there is nothing to look up.",
    ),
    "needs-anchored": (
        "票据未在链上登记，无从核对。",
        "The chain does not hold this bill: there is nothing to look up.",
    ),
    "needs-integrity": (
        "内容不完整，无从比对。",
        "Without intact content there is nothing to compare.",
    ),
    "needs-live": (
        "票据不能报销，余额不适用。",
        "The bill cannot be paid, so no amount is left to state.",
    ),
    **OFFLINE_WORDS,
}  # fmt: skip

_TIMES = frozenset({"time", "since", "by"})
_AMOUNTS = frozenset({"amount", "at_source", "settled", "reserved", "left"})


def words_for(reason: str, facts: Mapping[str, Any], language: str) -> str:
    """The words for a reason with its facts filled in; ``language`` is ``zh`` or ``en``."""
    template = WORDS[reason][0 if language == "zh" else 1]
    return template.format_map({name: _shown(name, value) for name, value in facts.items()})


def _shown(name: str, value: Any) -> Any:
    try:
        if name in _TIMES:
            return f"{datetime.fromtimestamp(value, _CHINA):%Y-%m-%d %H:%M:%S} UTC+8"
        if name in _AMOUNTS:
            return figures(value)
        if isinstance(value, list):
            return ", ".join(value) or "—"
    except (ValueError, OverflowError, OSError):
        return value  # a node's nonsense must not keep the report from being shown
    return value.rstrip(".。") if name == "detail" else value
