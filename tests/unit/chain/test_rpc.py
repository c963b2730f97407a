"""The JSON-RPC client: what is an answer, what is an error, and what is no answer at all."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc, MalformedReply, RpcError, public_url
from frontend_api.domain.errors import ChainUnreachable

URL = "http://clerk:secret@node.example:8545/v3/api-key?token=hidden"
SECRETS = ("clerk", "secret", "api-key", "hidden")


def rpc_to(answer: Callable[[httpx.Request], httpx.Response], **options) -> JsonRpc:
    return JsonRpc(URL, transport=httpx.MockTransport(answer), **options)


def replying(make: Callable[[dict], object], status: int = 200) -> JsonRpc:
    """A node that answers one call with ``make(request)`` as JSON."""
    return rpc_to(lambda r: httpx.Response(status, json=make(json.loads(r.content))))


def result(value: object) -> Callable[[dict], dict]:
    return lambda request: {"jsonrpc": "2.0", "id": request["id"], "result": value}


def error(code: object, message: str = "", data: object = None) -> Callable[[dict], dict]:
    body = {"code": code, "message": message, "data": data}
    return lambda request: {"jsonrpc": "2.0", "id": request["id"], "error": body}


def test_a_result_is_returned_and_the_question_is_json_rpc():
    asked = []

    def node(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json=result("0x1")(asked[-1]))

    assert rpc_to(node).call("eth_getBlockByNumber", "latest", False) == "0x1"
    assert asked == [
        {"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["latest", False]}
    ]


def test_null_is_a_result():
    assert replying(result(None)).call("eth_getTransactionReceipt", "0x") is None


def test_an_error_object_keeps_its_code_words_and_data():
    with pytest.raises(RpcError) as refused:
        replying(error(3, "execution reverted", "0x08c379a0")).call("eth_call")
    assert refused.value.number == 3
    assert refused.value.message == "execution reverted"
    assert refused.value.data == "0x08c379a0"


def test_an_error_object_with_http_401_is_still_an_answer():
    with pytest.raises(RpcError) as refused:
        replying(error(-40100, "Unauthorized"), status=401).call("eth_call")
    assert refused.value.number == -40100


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_says_the_chain_is_unreachable(status):
    with pytest.raises(ChainUnreachable, match=f"HTTP {status}"):
        replying(result("0x1"), status=status).call("eth_chainId")


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_a_refusal_without_an_error_object_says_the_chain_is_unreachable(status):
    with pytest.raises(ChainUnreachable):
        replying(lambda _: {"message": "no"}, status=status).call("eth_chainId")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>gateway</html>",
        b'{"jsonrpc":"2.0","id":1,"res',
        b"[]",
        b'"0x1"',
        b"{}",
        b'{"id":1,"error":"no"}',
        b'{"id":1,"error":{"message":"no code"}}',
        b'{"id":999,"result":"0x1"}',
        b"\xff\xfe",
    ],
)
def test_what_is_not_json_rpc_is_a_malformed_reply(body):
    with pytest.raises(MalformedReply) as refused:
        rpc_to(lambda _: httpx.Response(200, content=body)).call("eth_chainId")
    assert isinstance(refused.value, ChainUnreachable)


def test_a_reply_over_the_limit_is_cut_off():
    with pytest.raises(MalformedReply, match="more than 100 bytes"):
        rpc_to(lambda _: httpx.Response(200, content=b"x" * 1000), max_reply_bytes=100).call(
            "eth_chainId"
        )


def test_a_node_that_is_not_there_is_named_without_credentials():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ChainUnreachable) as refused:
        JsonRpc(f"http://clerk:secret@127.0.0.1:{port}/v3/api-key").call("eth_chainId")
    assert f"http://127.0.0.1:{port}" in str(refused.value)
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_no_message_shows_credentials():
    for rpc in (replying(result(1), 503), replying(lambda _: {}), replying(error(1, "x"))):
        with pytest.raises((ChainUnreachable, RpcError)) as refused:
            rpc.call("eth_chainId")
        assert not any(secret in str(refused.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, "http://node.example:8545"),
        ("https://node.example/key", "https://node.example"),
        ("http://[::1]:8545", "http://::1:8545"),
        ("http://node:99999", "http://node"),
        ("nonsense", "http://?"),
    ],
)
def test_only_scheme_host_and_port_are_shown(url, shown):
    assert public_url(url) == shown


def test_an_address_that_is_none_says_the_chain_is_unreachable():
    with pytest.raises(ChainUnreachable):
        JsonRpc("nonsense").call("eth_chainId")


def test_credentials_and_tokens_reach_the_node():
    seen = []

    def node(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json=result("0x1")(json.loads(request.content)))

    rpc_to(node).call("eth_chainId")
    JsonRpc("http://node.example", bearer="token", transport=httpx.MockTransport(node)).call(
        "eth_chainId"
    )
    assert seen[0].startswith("Basic ")
    assert seen[1] == "Bearer token"


# --- batches -------------------------------------------------------------------------------------


def test_a_batch_keeps_the_order_of_its_questions_and_the_place_of_a_refusal():
    def node(requests: list[dict]) -> list[dict]:
        first, second, third = requests
        return [result("c")(third), error(3, "execution reverted")(second), result("a")(first)]

    a, b, c = replying(node).batch([("m", [1]), ("m", [2]), ("m", [3])])
    assert (a, c) == ("a", "c")
    assert isinstance(b, RpcError)


def test_an_empty_batch_asks_nothing():
    def node(_: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing is to be asked")

    assert rpc_to(node).batch([]) == []


def test_a_batch_that_is_refused_as_a_whole_raises_the_refusal():
    body = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "too many"}}
    with pytest.raises(RpcError, match="too many"):
        replying(lambda _: body).batch([("m", [])])


@pytest.mark.parametrize("answer", [[], ["x"], [{"id": 1, "result": 1}] * 2, {"result": 1}])
def test_a_batch_with_missing_or_foreign_replies_is_malformed(answer):
    with pytest.raises(MalformedReply):
        replying(lambda _: answer).batch([("m", []), ("m", [])])


# --- time and connections, over real sockets -----------------------------------------------------


@contextmanager
def server(serve: Callable[[socket.socket, int], None]) -> Iterator[str]:
    """A server whose n-th connection is handled by ``serve(connection, n)``."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        count = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection, count), daemon=True).start()
            count += 1

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def answer_once(connection: socket.socket, number: int) -> None:
    connection.recv(65536)
    body = b'{"jsonrpc":"2.0","id":null,"result":"0x1"}'
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body)
    connection.sendall(head + body)
    assert number >= 0


def test_a_node_that_never_answers_is_given_up_in_time():
    with server(lambda c, _: time.sleep(30) or c.close()) as url:
        began = time.monotonic()
        with pytest.raises(ChainUnreachable, match=r"within 0\.3 seconds"):
            JsonRpc(url, 0.3).call("eth_chainId")
        assert time.monotonic() - began < 2


def test_a_node_that_drips_its_answer_is_given_up_in_time():
    def drip(connection: socket.socket, _: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(300):
            time.sleep(0.1)
            try:
                connection.sendall(b" ")
            except OSError:
                return

    with server(drip) as url:
        began = time.monotonic()
        with pytest.raises(ChainUnreachable):
            JsonRpc(url, 0.3).call("eth_chainId")
        assert time.monotonic() - began < 2


def test_a_kept_connection_that_died_is_replaced_without_the_caller_noticing():
    def once_then_close(connection: socket.socket, number: int) -> None:
        answer_once(connection, number)
        time.sleep(0.05)
        connection.close()

    with server(once_then_close) as url, JsonRpc(url, 2) as rpc:
        assert rpc.call("eth_chainId") == "0x1"
        time.sleep(0.2)
        assert rpc.call("eth_chainId") == "0x1"


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_chainId"])
def test_a_transaction_is_not_sent_twice_behind_the_callers_back(method):
    requests = []

    def cut(connection: socket.socket, number: int) -> None:
        requests.append(number)
        connection.recv(65536)
        connection.close()

    with server(cut) as url:
        with pytest.raises(ChainUnreachable):
            JsonRpc(url, 2).call(method, "0x00")
        assert len(requests) == (1 if method == "eth_sendRawTransaction" else 2)


def test_many_threads_share_one_client():
    def node(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        return httpx.Response(200, json=result(asked["params"][0])(asked))

    rpc, wrong = rpc_to(node), []

    def ask(n: int) -> None:
        wrong.extend(i for i in range(50) if rpc.call("m", [n, i]) != [n, i])

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- the reader's patience with Anvil ------------------------------------------------------------


@pytest.mark.parametrize(("faults", "answered"), [(0, True), (4, True), (5, False)])
def test_a_block_mined_between_two_looks_at_the_newest_is_asked_again(faults, answered):
    left = [faults]

    def node(request: dict) -> dict:
        if left[0]:
            left[0] -= 1
            return error(-32602, "BlockOutOfRangeError: block height is 1 but requested was 0")(
                request
            )
        return result("0x7")(request)

    reader = EthReader(replying(node))
    if answered:
        assert reader.transaction_count("0x" + "11" * 20) == 7
    else:
        with pytest.raises(RpcError):
            reader.transaction_count("0x" + "11" * 20)
