"""Brings a real place in from files: footprints in, every oddity told by row, nothing invented."""

from twin.ingest.files.buildings import import_buildings
from twin.ingest.files.community import Community, init_community, read_community
from twin.ingest.files.options import ImportOptions, ImportRefused
from twin.ingest.files.report import ImportReport, Oddity

__all__ = [
    "Community",
    "ImportOptions",
    "ImportRefused",
    "ImportReport",
    "Oddity",
    "import_buildings",
    "init_community",
    "read_community",
]
