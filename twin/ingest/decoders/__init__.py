"""Decoders: pure functions from a message to readings, one file for each family of payloads."""

from twin.ingest.decoders.registry import FAMILIES, Example, Family, decode
from twin.ingest.decoders.site import PLAIN, Entity, Site, ZoneRule
from twin.ingest.decoders.site_said import SiteError, site_of

__all__ = [
    "FAMILIES",
    "PLAIN",
    "Entity",
    "Example",
    "Family",
    "Site",
    "SiteError",
    "ZoneRule",
    "decode",
    "site_of",
]
