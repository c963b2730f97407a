"""Settings: typed, read once. Environment variables ``PIAOLIAN_*`` win over the home's file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HOME_VARIABLE = "PIAOLIAN_HOME"
SETTINGS_FILE = "settings.json"


class Settings(BaseSettings):
    """One platform's settings; every one is described in ``docs/settings.md``."""

    model_config = SettingsConfigDict(env_prefix="PIAOLIAN_", extra="forbid", frozen=True)

    home: Path = Field(Path(".piaolian"), description="Folder of database, keys, chain state")
    rpc_url: str | None = Field(
        None, description="JSON-RPC address of the chain; without one, the home's own Anvil"
    )
    deployment: Path | None = Field(
        None, description="Deployment record; by default deployment.json in the home"
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy address; by default SQLite in the home"
    )
    rpc_seconds: float = Field(
        10, gt=0, description="How long one question to the chain may take, in seconds"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000", description="Where QR codes lead, as holders reach this service"
    )
    supervisor_name: str = Field("财政部门", description="Name on the supervisor's seal")
    sample: bool = Field(False, description="Mark every bill 样票 SAMPLE")
    body_limit: int = Field(1024 * 1024, gt=0, description="Most bytes of a request's body")
    upload_limit: int = Field(
        16 * 1024 * 1024, gt=0, description="Most bytes of a document to verify"
    )
    promise_seconds: int = Field(
        86_400, gt=0, description="Receipts promise the anchor within this many seconds"
    )
    anchor_bills: int = Field(
        10_000, gt=0, le=10_000, description="Most bills of one batch on the chain"
    )
    anchor_seconds: float = Field(
        0.1, ge=0, description="How long bills gather for the next batch while many come in"
    )
    accept_beside: bool = Field(
        True, description="Accept in a process beside the service once many bills come in"
    )
    import_limit: int = Field(1024**3, gt=0, description="Most bytes of a file to import")
    import_workers: int = Field(
        0, ge=0, le=256, description="Processes at work on an import; 0: one more than cores"
    )
    document_seals: Path | None = Field(
        None, description="List of outside certificates and keys that sign documents"
    )
    document_tsa: str | None = Field(
        None, description="Address of a time stamp service for documents (RFC 3161)"
    )
    wait_seconds: float = Field(
        20, gt=0, description="How long an answer is held back for the chain, in seconds"
    )

    @property
    def deployment_file(self) -> Path:
        return self.deployment or self.home / "deployment.json"


def load(home: Path) -> Settings:
    """The settings of the platform in ``home``: environment over ``settings.json`` over defaults.

    Raises ValueError (pydantic's, naming the field) for a value that does not fit.
    """
    file = home / SETTINGS_FILE
    stored = json.loads(file.read_text()) if file.exists() else {}
    from_environment = {name for name in stored if f"PIAOLIAN_{name.upper()}" in os.environ}
    return Settings(**{k: v for k, v in stored.items() if k not in from_environment}, home=home)


def save(home: Path, **values: object) -> None:
    """Keep values in the home's ``settings.json``, beside those that are there."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / SETTINGS_FILE
    stored = json.loads(file.read_text()) if file.exists() else {}
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps({**stored, **values}, indent=2, ensure_ascii=False) + "\n")
    temporary.replace(file)
