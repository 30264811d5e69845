"""Snapshots as desk and command line order them: with our page's material, fonts and this build."""

from pathlib import Path

from twin.catalog import Catalog
from twin.security import Audit
from twin.settings import Settings
from twin.snapshot.creating import Order, SnapshotReport, create
from twin.snapshot.html import Look
from twin.snapshot.picture import find_browser
from twin.store import Store, utc_now
from twin.ui.fonts import WEIGHTS, fonts_dir
from twin.ui.page import ASSETS

FOLDER = "snapshots"


def snapshot(
    store: Store, catalog: Catalog, settings: Settings, build: str, out: Path, by: str
) -> SnapshotReport:
    """Raises SnapshotRefused, and OSError when the folder cannot take it. Who asked is written down first."""
    audit = Audit(settings.home)
    try:
        audit.record(by, "snapshot.create", str(out))
    finally:
        audit.close()
    height_px = settings.wall_height_px
    return create(
        store,
        catalog,
        Order(
            out=out,
            look=look(settings),
            build=build,
            by=by,
            browser=find_browser(),
            picture_px=(height_px * 16 // 9, height_px),
            clock=utc_now,
        ),
    )


def look(settings: Settings) -> Look:
    folder = fonts_dir(settings.home)
    return Look(
        assets=ASSETS,
        fonts={weight.css: folder / f"twin-sans-{weight.name}.woff2" for weight in WEIGHTS},
        glass={
            "mm_per_px": settings.wall_mm_per_px,
            "height_px": settings.wall_height_px,
            "distance_m": settings.wall_distance_m,
        },
        lang=settings.lang,
    )
