"""A service process that can be made to fail: ``python -m faults.child platform|naive HOME [RPC]``.

Without an RPC address the home's own Anvil runs as its child.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from faults.failpoints import Failpoints, install
from faults.home import CONTROL
from faults.naive import serve_naive
from frontend_api.bootstrap import chain_of, running
from frontend_api.cli.logs import log_to
from frontend_api.cli.signals import until_stopped
from frontend_api.server import serve
from frontend_api.settings import load


def main(kind: str, home: Path, rpc_url: str | None) -> None:
    log_to(sys.stderr)
    install(Failpoints(home / CONTROL))
    settings = load(home)
    chain = nullcontext(rpc_url) if rpc_url else chain_of(settings)

    def tell(url: str) -> None:
        told = home / CONTROL / f"url.{kind}.{sys.argv[4]}"
        unfinished = told.with_suffix(".part")
        unfinished.write_text(url)
        unfinished.rename(told)  # whoever waits for it finds it whole

    with until_stopped(lambda: None), chain as url:
        if kind == "naive":
            serve_naive(settings, url, tell)
        else:
            with running(settings, url) as services:
                serve(services, port=0, on_bound=tell)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3] or None)
