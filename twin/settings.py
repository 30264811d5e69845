"""What an operator can set, from environment and `twin.toml`, as one frozen object."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class SettingsError(Exception):
    """A setting that cannot be used; the sentence names where it stands and what to write instead."""


def config_file() -> Path:
    return Path(os.environ.get("TWIN_CONFIG", "twin.toml"))


class Settings(BaseSettings):
    """Environment variables are these names in capitals with `TWIN_` before them; they win over the file."""

    model_config = SettingsConfigDict(env_prefix="TWIN_", frozen=True, extra="forbid")

    home: Path = Field(
        Path("data/run"), description="Folder of the live files: store, sessions, caches, socket"
    )
    host: str = Field("127.0.0.1", description="Address to listen on; loopback only until there are accounts")
    port: int = Field(8050, ge=1, le=65535, description="Port to listen on")
    key_file: Path = Field(
        Path("~/.config/twin/key"),
        description="Master key that opens persons' secrets; keep it outside TWIN_HOME and its backups",
    )
    lang: Literal["zh", "en"] = Field("zh", description="Language of the screens until a link says otherwise")
    wall_mm_per_px: float = Field(1.736, gt=0, le=50, description="Height of one wall pixel in millimetres")
    wall_distance_m: float = Field(
        8.0, gt=0, le=100, description="Distance from which the wall must be readable"
    )
    wall_height_px: int = Field(2160, ge=480, le=20000, description="Pixels of the wall from top to bottom")
    viewers_max: int = Field(200, ge=1, le=240, description="Live viewers at once; each holds one thread")
    threads: int = Field(256, ge=8, le=2048, description="Threads of the one server process")
    ingest_threads: int = Field(
        16, ge=1, le=64, description="Requests at the doors in that may be under way at once"
    )
    ingest_max_bytes: int = Field(4_000_000, ge=1024, description="Largest body a door in accepts, in bytes")
    ingest_max_items: int = Field(5_000, ge=1, description="Most items in one batch")
    ingest_rate_per_s: float = Field(
        20_000.0, gt=0, description="Items a second that one feed may send, before it is told to slow down"
    )
    mqtt_url: str = Field(
        "", description="Broker to listen to, as mqtt://127.0.0.1:1883 or mqtts://…; empty: none"
    )
    mqtt_username: str = Field("", description="Who we are for the broker; empty: nobody")
    mqtt_password_file: Path = Field(
        Path("~/.config/twin/mqtt-password"), description="File that holds the broker's password for us"
    )
    mqtt_topics: str = Field(
        "own",
        description="Families of payloads to listen for, by blanks; own topics as `zigbee2mqtt=z2m/#`",
    )
    mqtt_client_id: str = Field(
        "community-twin",
        min_length=1,
        max_length=64,
        description="Name of our session at the broker; of two twins at one broker each needs its own",
    )
    mqtt_version: Literal["3.1.1", "5"] = Field(
        "3.1.1", description="MQTT to speak; 5 keeps our place for 7 days, however the broker is set"
    )
    hj212_port: int = Field(0, ge=0, le=65535, description="TCP port for HJ 212 stations; 0: closed")
    hj212_host: str = Field("127.0.0.1", description="Address that the HJ 212 door listens on")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())

    @property
    def key_path(self) -> Path:
        return self.key_file.expanduser()

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def load_settings(**given: Any) -> Settings:
    """Read environment and file once. Raises SettingsError."""
    path = config_file()
    if "TWIN_CONFIG" in os.environ and not path.is_file():
        raise SettingsError(
            f"TWIN_CONFIG names {path}, and there is no such file. Mend the path or unset it."
        )
    _refuse_unknown_environment()
    try:
        return Settings(**given)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(
            f"{path} is not valid TOML: {fault}. Mend that line or move the file away."
        ) from fault
    except UnicodeDecodeError as fault:
        raise SettingsError(f"{path} is not UTF-8 text: save it as UTF-8.") from fault
    except ValidationError as fault:
        raise SettingsError("\n".join(_sentence(path, error) for error in fault.errors())) from fault


# Read by commands and tests, not part of the frozen object.
_ELSEWHERE = {"TWIN_CONFIG", "TWIN_API_KEY", "TWIN_TEST_INPUTS"}


def _refuse_unknown_environment() -> None:
    known = {f"TWIN_{name.upper()}" for name in Settings.model_fields} | _ELSEWHERE
    for name in os.environ:
        if name.startswith("TWIN_") and name not in known:
            raise SettingsError(f"{name} is no setting of the twin. Known: {', '.join(sorted(known))}.")


def _sentence(path: Path, error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"])
    variable = f"TWIN_{name.upper()}"
    where = variable if variable in os.environ else f"{path}, key {name}"
    if error["type"] == "extra_forbidden":
        return f"{where}: no such setting. Known: {', '.join(sorted(Settings.model_fields))}."
    return f"{where}: {error['msg']} (it is {error['input']!r}). {Settings.model_fields[name].description}."


def settings_table() -> str:
    """The settings as a Markdown table, for docs/settings.md."""
    rows = ["| environment | twin.toml | default | what it does |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `TWIN_{name.upper()}` | `{name}` | `{field.default}` | {field.description} |")
    return "\n".join(rows) + "\n"
