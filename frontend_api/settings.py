"""Settings: typed, read once. Environment variables ``PIAOLIAN_*`` win over the home's file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

HOME_VARIABLE = "PIAOLIAN_HOME"
SETTINGS_FILE = "settings.json"


class Settings(BaseSettings):
    """One platform's settings; every one is described in ``docs/settings.md``."""

    model_config = SettingsConfigDict(env_prefix="PIAOLIAN_", extra="forbid", frozen=True)

    home: Path = Field(Path(".piaolian"), description="Folder of database, keys, chain state")
    rpc_url: str = Field("http://127.0.0.1:8545", description="JSON-RPC address of the chain")
    deployment: Path | None = Field(
        None, description="Deployment record; by default deployment.json in the home"
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy address; by default SQLite in the home"
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
    wait_seconds: float = Field(
        20, gt=0, description="How long an answer is held back for the chain, in seconds"
    )

    @property
    def deployment_file(self) -> Path:
        return self.deployment or self.home / "deployment.json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment; the home's file comes in through :func:`load`."""
        return init_settings, env_settings


def load(home: Path) -> Settings:
    """The settings of the platform in ``home``: environment over ``settings.json`` over defaults.

    Raises ValueError (pydantic's, naming the field) for a value that does not fit.
    """
    file = home / SETTINGS_FILE

    class _WithFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, JsonConfigSettingsSource(settings_cls, file)

    return _WithFile(home=home)
