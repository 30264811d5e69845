"""What this place has agreed with its devices, as `site.toml` in the home says it."""

import tomllib
from pathlib import Path

from twin.ingest.decoders import PLAIN, Site, SiteError, site_of

FILE_NAME = "site.toml"


def read_site(home: Path) -> Site:
    """Defaults where there is no file. Raises SiteError: a sentence that names the entry."""
    path = home / FILE_NAME
    try:
        return site_of(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return PLAIN
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SiteError(f"{path} cannot be read: {fault}.") from fault
    except SiteError as fault:
        raise SiteError(f"{path}: {fault}. docs/connect-a-device.md shows how it is written.") from fault
