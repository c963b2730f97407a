"""The words of verification without a chain: proof bundles, and codes read from paper."""

from __future__ import annotations

from collections.abc import Mapping

OFFLINE_WORDS: Mapping[str, tuple[str, str]] = {
    # 1 integrity
    "disclosed": (
        "所出示的 {shown} 项内容属于该票据；另有 {withheld} 项未出示。",
        "The {shown} disclosed fields belong to the bill; {withheld} others are withheld.",
    ),
    # 3 block
    "block-trusted": (
        "证明所在的区块 {block_number} 与您信任的区块哈希一致。",
        "The proof's block {block_number} has the hash that you trust.",
    ),
    "block-sealed": (
        "证明所在的区块 {block_number} 由您信任的验证节点法定多数签封。",
        "A quorum of the validators that you trust sealed the proof's block {block_number}.",
    ),
    "block-not-trusted": (
        "无法判断区块 {block_number}（{block_hash}）的真伪：请提供可信的区块哈希或验证节点。",
        "Nothing tells whether block {block_number} ({block_hash}) is the chain's: give a block "
        "hash or validators that you trust.",
    ),
    "validators-differ": (
        "区块 {block_number} 所列的验证节点不是您信任的那一组，无法判断。",
        "Block {block_number} names other validators than those that you trust.",
    ),
    "seals-malformed": (
        "区块 {block_number} 的签封不是有效签名。",
        "The seals of block {block_number} are no signatures.",
    ),
    "seals-repeated": (
        "区块 {block_number} 上同一验证节点签封了两次。",
        "A validator sealed block {block_number} twice.",
    ),
    "seals-of-strangers": (
        "区块 {block_number} 含有非验证节点的签封，或区块头被改动过。",
        "Somebody who is no validator sealed block {block_number}, or its header was altered.",
    ),
    "seals-too-few": (
        "区块 {block_number} 的签封不足法定多数。",
        "Too few validators sealed block {block_number}.",
    ),
    "block-malformed": (
        "证明中的区块头不成立：{detail}。",
        "A block header of the proof cannot be right: {detail}.",
    ),
    # 4 anchored
    "anchored-by-proof": (
        "票据所在批次已于 {time} 登记：由区块 {block_number} 证明。",
        "Recorded at {time}: block {block_number} proves it.",
    ),
    "receipt-unproved": (
        "交易回执不在其区块中：{detail}。",
        "The transaction's receipt is not shown to be in its block: {detail}.",
    ),
    "receipt-of-another": (
        "该交易回执没有登记这张票据的批次：{detail}。",
        "The receipt is not that of this bill's batch: {detail}.",
    ),
    "state-unproved": (
        "合约存储的证明不成立：{detail}。",
        "The proof of the contract's storage does not hold: {detail}.",
    ),
    "code-differs": (
        "该地址上的合约代码不是受信任的代码。",
        "The code at the contract's address is not the trusted one.",
    ),
    "proofs-differ": (
        "回执与合约存储对该批次的说法不一致（{field}）。",
        "Receipt and storage tell different things of the batch ({field}).",
    ),
    "needs-block": (
        "区块头不成立，无从核对。",
        "Without a sound block header there is nothing to look at.",
    ),
    "needs-trusted-block": (
        "证明自身成立，但没有可信的区块：请提供可信的区块哈希或验证节点。",
        "The proofs hold, but no block of theirs is trusted: give a block hash or validators.",
    ),
    # 5 authority
    "authorised-then": (
        "登记时由 {issuer} 的有效密钥签发；单位名称和此后的密钥失窃不在证明之内。",
        "Issued by {issuer} with a key that was good then; its name, and whether the key was "
        "disowned later, are not part of the proof.",
    ),
    "issuer-needs-block": (
        "开票单位由登记所在区块 {block_number}（{block_hash}）证明，但该区块未被信任。",
        "Who issued is proved by block {block_number} ({block_hash}), which you do not trust.",
    ),
    # 6 live, 7 amount
    "live-then": (
        "截至区块 {block_number}（{time}）未作废、未红冲；此后的状态只有链能说明。",
        "Neither voided nor reversed as of block {block_number} ({time}); later, only the chain "
        "can tell.",
    ),
    "on-paper-then": (
        "截至区块 {block_number}（{time}）已换开纸质票据；此后的状态只有链能说明。",
        "Swapped for paper as of block {block_number} ({time}); later, only the chain can tell.",
    ),
    "state-needs-block": (
        "票据状态由区块 {block_number}（{block_hash}）证明，但该区块未被信任。",
        "The bill's state is in block {block_number} ({block_hash}), which you do not trust.",
    ),
    "amount-needs-chain": (
        "离线无法知道已报销多少：请在链上查询余额。",
        "What was paid and is left cannot be known without the chain.",
    ),
    # the bundle that a document carries
    "bundle-holds": (
        "所附证明包属于这张票据，其证明成立，截至区块 {block_number}（{time}）。",
        "The proof bundle inside is of this bill, and its proofs hold up to block {block_number} "
        "({time}).",
    ),
    "bundle-unreadable": (
        "所附证明包无法读取：{detail}。",
        "The proof bundle inside cannot be read: {detail}.",
    ),
    "bundle-of-another": (
        "所附证明包不属于这张票据，或不完整（{field}）。",
        "The proof bundle inside is not that of this bill, or not all of it ({field}).",
    ),
    "bundle-block-differs": (
        "所附证明包中的区块 {block_number} 不是链上的区块。",
        "Block {block_number} of the proof bundle inside is not the chain's.",
    ),
    # codes read from paper, against a list of roots
    "code-read": (
        "票面二维码完整可读。",
        "The code on the bill is whole.",
    ),
    "list-of-another": (
        "该票据不属于这份清单所列的部署，无法判断。",
        "The bill belongs to another deployment than this list: it cannot tell.",
    ),
    "root-listed": (
        "票据与截至区块 {block_number} 的清单一致：所在批次已于 {time} 登记。",
        "The list up to block {block_number} has the bill's batch, recorded at {time}.",
    ),
    "batch-not-listed": (
        "截至区块 {block_number}（{time}）的清单没有这个批次：请用更新的清单，或在链上查验。",
        "The list up to block {block_number} ({time}) does not have the batch: use a newer list.",
    ),
    "issuer-listed": (
        "由 {issuer} 开具，于 {time} 登记；单位名称不在二维码之内。",
        "Issued by {issuer}, recorded at {time}; its name is not part of the code.",
    ),
    "disputed-listed": (
        "截至区块 {block_number}：该批次登记时签名密钥已失窃，属争议票据，不能报销。",
        "As of block {block_number}: recorded while the key was in wrong hands, so disputed.",
    ),
    "content-needs-file": (
        "二维码只含票据头：请按比对项目核对票面，或查验票据文件。",
        "The code holds the header only: compare the page by eye, or verify the bill file.",
    ),
}  # fmt: skip
