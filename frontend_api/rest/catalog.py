"""The one table from errors to HTTP, and the words of every problem type."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from frontend_api.domain import errors


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A problem type (RFC 9457): stable code, its title in both languages, what to do."""

    code: str
    title: str
    title_zh: str
    advice: str


# A class stands for its subclasses too, unless they have a line of their own.
STATUS: dict[type[errors.PiaolianError], int] = {
    errors.InputError: 400,
    errors.MalformedInput: 400,
    errors.MissingIdempotencyKey: 400,
    errors.InvalidFields: 422,
    errors.IdempotencyKeyReused: 422,
    errors.ProofRejected: 422,
    errors.TooLarge: 413,
    errors.UnsupportedType: 415,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.StateConflict: 409,
    errors.Unavailable: 503,
}

# Seconds after which asking again makes sense, for the problems that pass by themselves.
RETRY_AFTER = {
    errors.NotAnchoredYet.code: 2,
    errors.Unavailable.code: 5,
    errors.Overloaded.code: 1,
    errors.ChainUnreachable.code: 5,
    errors.WrongChain.code: 60,
    errors.HistoryChanged.code: 5,
    errors.SignerUnavailable.code: 5,
}

INTERNAL = "internal-error"
TOO_MANY = "too-many-requests"

_TYPES = (
    ("bad-input", "The input cannot be accepted", "输入无法受理",
     "Read the detail and correct the request."),
    ("malformed", "The body is not what it claims to be", "内容格式错误",
     "Send well-formed JSON (UTF-8, no duplicate keys, at most 32 levels) or an intact document."),
    ("invalid-fields", "Some fields break a rule", "字段不符合规则",
     "Every bad field is listed under errors with its path (JSON Pointer, or ?name for a query "
     "parameter): correct them all and send again."),
    ("too-large", "The body is over the limit", "内容超出大小限制",
     "Send less at once."),
    ("unsupported-type", "This media type is not taken here", "不支持的内容类型",
     "Send the Content-Type that the operation names, and bytes that are of that type."),
    ("missing-idempotency-key", "A write needs an Idempotency-Key", "缺少幂等键",
     "Send an Idempotency-Key header: the same for a repeated request, another for a new one."),
    ("idempotency-key-reused", "The Idempotency-Key came with another body", "幂等键已用于其他请求",
     "Use a new key for a new request."),
    ("proof-rejected", "The inclusion proof cannot be right", "存证路径无效",
     "Download the bill again from its holder's page."),
    ("not-authenticated", "No valid credential", "未通过身份认证",
     "Send Authorization: Bearer with an API key that is in force."),
    ("not-allowed", "Not allowed for this credential", "无权执行此操作",
     "Use a credential of the right role, or ask for the missing grant or admission."),
    ("not-found", "No such thing", "未找到",
     "Check the address. What belongs to another institution answers as if it did not exist."),
    ("method-not-allowed", "Method not allowed", "不支持的请求方法",
     "Use one of the methods in the Allow header."),
    ("state-conflict", "The present state does not allow this", "当前状态不允许此操作",
     "Look at the state of the bill first."),
    ("numbers-exhausted", "No bill number is left", "票号用尽",
     "Ask the supervisor to grant numbers for this kind and year."),
    ("not-anchored-yet", "Accepted, but not on the chain yet", "已受理，尚未上链",
     "Ask again after the seconds in Retry-After."),
    ("refused-by-contract", "The contract refused", "合约拒绝",
     "The member reason has the contract's own word; nothing was changed."),
    ("unavailable", "Something we depend on does not answer", "依赖的服务暂不可用",
     "Try again after the seconds in Retry-After. What was accepted stays accepted."),
    ("overloaded", "More comes in than can be stored now", "受理繁忙",
     "Nothing was accepted: send the same request again after the seconds in Retry-After."),
    ("chain-unreachable", "The chain does not answer now", "暂时无法连接区块链",
     "Says nothing about any bill. Try again after the seconds in Retry-After."),
    ("wrong-chain", "The chain is not the one this platform knows", "区块链与部署记录不符",
     "Writing is stopped until an operator has looked at it."),
    ("history-changed", "The chain came back with another history", "区块链历史发生变化",
     "What it lost is sent again. Try again after the seconds in Retry-After."),
    ("signer-unavailable", "The signing key cannot be used now", "签名密钥暂不可用",
     "Try again later, or ask the operator."),
    (TOO_MANY, "Too many wrong guesses", "错误尝试过多",
     "Wait for the seconds in Retry-After."),
    (INTERNAL, "Something went wrong on our side", "系统内部错误",
     "Nothing was changed unless the answer said so. Give the request id to the operator."),
)  # fmt: skip

CATALOG: dict[str, ProblemType] = {row[0]: ProblemType(*row) for row in _TYPES}


def status_of(error: errors.PiaolianError) -> int:
    """The HTTP status of an error: that of its nearest class in the table, else 500."""
    for cls in type(error).__mro__:
        if cls in STATUS:
            return STATUS[cls]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def type_of(code: str) -> ProblemType:
    """The problem type of a code; an unknown one is our own fault."""
    return CATALOG.get(code, CATALOG[INTERNAL])
