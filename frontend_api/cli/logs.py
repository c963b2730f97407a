"""Where the service's log goes."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import structlog


def log_to(stream: TextIO) -> None:
    """Log to an open text stream, one line an event, times in UTC."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
    )


def log_file(home: Path) -> TextIO:
    """The home's ``service.log``, opened for appending."""
    home.mkdir(parents=True, exist_ok=True)
    return (home / "service.log").open("a", buffering=1, encoding="utf-8")
