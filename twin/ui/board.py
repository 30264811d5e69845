"""The facts beside the scene: each one counted from a named relation, none of them a constant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from twin.model.clearance import Clearance
from twin.ui.services import Services, iso

# Facts that depend on the clock alone (a feed that falls silent) are counted again after this.
BOARD_GOOD_S = 5
FEED_SILENT_S = 120
STRIP_BUCKET = timedelta(minutes=15)
STRIP_BUCKETS = 96
# What the next rooms bring; a panel of an engine that is not there says 尚未启用.
ENGINES = {"alarms": False, "care": False, "duty": False}


@dataclass(frozen=True, slots=True)
class Source:
    """One query over one relation: each column but `rows`, `newest_at` and `of` is a fact `prefix.column`.

    `of` names the column that tells several rows apart; its value goes into the fact's name.
    Columns that end in `_at` are told as seconds of age, without the ending. What `ages` changes by the clock
    alone; the others are counted again only when a table of theirs moved.
    """

    prefix: str
    relation: str
    sql: str
    of: str | None = None
    ages: bool = True


SOURCES = (
    Source(
        "tickets",
        "ticket_at",
        """SELECT count(*) AS rows, max(seen_at) AS newest_at,
             count(*) FILTER (state = 'reported') AS reported,
             count(*) FILTER (state = 'handling') AS handling,
             count(*) FILTER (state = 'closed') AS closed,
             count(*) FILTER (state = 'closed' AND happened_at > judged_at($at) - INTERVAL 1 DAY)
               AS closed_24h,
             count(*) FILTER (reported_at > judged_at($at) - INTERVAL 1 DAY) AS reported_24h,
             count(*) FILTER (state <> 'closed') AS open,
             min(reported_at) FILTER (state <> 'closed') AS oldest_open_at
           FROM ticket_at($at, $clearance)""",
    ),
    Source(
        "devices",
        "device_count_at",
        """SELECT count(*) AS rows, max(newest_at) AS newest_at,
             sum(total)::BIGINT AS total, sum(online)::BIGINT AS online, sum(stale)::BIGINT AS stale,
             sum("offline")::BIGINT AS "offline", sum(never)::BIGINT AS never,
             sum("offline" + never)::BIGINT AS unseen
           FROM device_count_at($at, $clearance)""",
    ),
    Source(
        "devices",
        "device_count_at",
        """SELECT kind, count(*) AS rows, max(newest_at) AS newest_at,
             sum(total)::BIGINT AS total, sum(online)::BIGINT AS online, sum(stale)::BIGINT AS stale,
             sum("offline")::BIGINT AS "offline", sum(never)::BIGINT AS never,
             sum("offline" + never)::BIGINT AS unseen
           FROM device_count_at($at, $clearance) GROUP BY kind ORDER BY kind""",
        of="kind",
    ),
    Source(
        "buildings",
        "building_at",
        """SELECT count(*) AS rows, max(imported_at) AS newest_at, count(*) AS total,
             sum(storeys_above)::BIGINT AS storeys,
             count(*) FILTER (storeys_derived) AS storeys_derived,
             count(*) FILTER (height_derived) AS heights_derived
           FROM building_at($at, $clearance)""",
        ages=False,
    ),
    Source(
        "units",
        "building_at",
        """SELECT count(*) AS rows, max(imported_at) AS newest_at, sum(units)::BIGINT AS total
           FROM building_at($at, $clearance) WHERE units > 0""",
        ages=False,
    ),
    Source(
        "dwellings",
        "unit_at",
        """SELECT count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at, count(*) AS total,
             count(*) FILTER (state = 'vacant') AS vacant, count(*) FILTER (state = 'rented') AS rented
           FROM unit_at($at, $clearance) WHERE use IN ('dwelling', 'residential')""",
        ages=False,
    ),
    Source(
        "residents",
        "resident_count_at",
        """SELECT count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at, sum(residents)::BIGINT AS total,
             sum(households)::BIGINT AS households
           FROM resident_count_at($at, $clearance) WHERE tier = 1""",
        ages=False,
    ),
    Source(
        "care",
        "care_total_at",
        """SELECT count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at, sum(households)::BIGINT AS households,
             sum(recipients)::BIGINT AS recipients
           FROM care_total_at($at, $clearance)""",
        ages=False,
    ),
    Source(
        "care",
        "care_total_at",
        """SELECT level, count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at,
             sum(households)::BIGINT AS households, sum(recipients)::BIGINT AS recipients
           FROM care_total_at($at, $clearance) GROUP BY level, rank ORDER BY rank""",
        of="level",
        ages=False,
    ),
    Source(
        "restaurants",
        "restaurant_at",
        """SELECT count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at, count(*) AS total,
             count(*) FILTER (device_id IS NULL) AS unmonitored
           FROM restaurant_at($at, $clearance)""",
        ages=False,
    ),
    Source(
        "fumes",
        "fume_monitor_at",
        """SELECT count(*) AS rows, max(seen_at) AS newest_at, count(*) AS total,
             count(*) FILTER (condition = 'over') AS over_limit,
             count(*) FILTER (condition = 'near') AS near_limit,
             count(*) FILTER (condition = 'lost') AS unknown
           FROM fume_monitor_at($at, $clearance)""",
    ),
    Source(
        "lanes",
        "lane_at",
        """SELECT count(*) AS rows, max(seen_at) AS newest_at, count(*) AS total,
             count(*) FILTER (state = 'blocked') AS blocked, count(*) FILTER (state = 'free') AS free,
             count(*) FILTER (state = 'unknown') AS unknown,
             count(*) FILTER (state = 'unwatched') AS unwatched
           FROM lane_at($at, $clearance)""",
    ),
    Source(
        "assets",
        "asset_at",
        """SELECT count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at,
             count(*) FILTER (kind = 'hydrant') AS hydrants,
             count(*) FILTER (kind = 'gas_valve') AS gas_valves
           FROM asset_at($at, $clearance)""",
        ages=False,
    ),
    Source(
        "grids",
        "grid_at",
        """SELECT count(*) AS rows, NULL::TIMESTAMPTZ AS newest_at, count(*) AS total,
             count(*) FILTER (tier = 2) AS general,
             count(*) FILTER (tier = 3 AND kind <> 'exclusive') AS micro,
             count(*) FILTER (kind = 'exclusive') AS exclusive
           FROM grid_at($at, $clearance)""",
        ages=False,
    ),
    Source(
        "staff",
        "staff_position_at",
        """SELECT count(*) AS rows, max(seen_at) AS newest_at,
             count(*) FILTER (here) AS on_duty,
             count(*) FILTER (here AND role = 'steward') AS steward,
             count(*) FILTER (here AND role = 'full_time') AS full_time,
             count(*) FILTER (here AND role = 'volunteer') AS volunteer
           FROM (SELECT *, on_duty AND seen_at > judged_at($at) - INTERVAL 5 MINUTE AS here
                 FROM staff_position_at($at, $clearance))""",
    ),
)
FEEDS = "SELECT * FROM feed_at($at, $clearance) ORDER BY feed"
STRIP = """SELECT bucket_at, sum(accepted)::BIGINT AS n FROM ingest_density_at($at, $clearance)
           GROUP BY bucket_at ORDER BY bucket_at"""
QUERIES = (*(source.sql for source in SOURCES), FEEDS, STRIP)


def board(services: Services, clearance: Clearance, at: datetime | None = None) -> dict[str, Any]:
    """The facts for one clearance, counted once for everyone and again when a table or the clock moved."""
    moment = at or services.clock()
    window = at.isoformat() if at else int(moment.timestamp()) // BOARD_GOOD_S
    key = ("board", clearance.key, services.versions(QUERIES), window)
    return services.shelf.take(key, lambda: _count(services, clearance, at))


def _count(services: Services, clearance: Clearance, at: datetime | None) -> dict[str, Any]:
    now = at or services.clock()
    seq = services.store.seq
    facts = {name: fact for source in SOURCES for name, fact in _facts(services, source, clearance, at, now)}
    feeds = feed_rows(services, clearance, at)
    facts |= _feed_facts(feeds)
    return {
        "seq": seq,
        "at": now.isoformat(),
        "facts": facts,
        "strip": _strip(services, clearance, at, now),
        "feeds": feeds,
        "engines": ENGINES,
    }


def _facts(
    services: Services, source: Source, clearance: Clearance, at: datetime | None, now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in _counted(services, source, clearance, at):
        n, newest = int(row.pop("rows")), row.pop("newest_at")
        prefix = f"{source.prefix}.{row.pop(source.of)}" if source.of else source.prefix
        for column, value in row.items():
            # A relation without rows knows nothing: that is no zero.
            known = value if n else None
            fact = {"value": known, "newest_at": iso(newest), "rows": n, "source": source.relation}
            if column.endswith("_at"):
                fact["at"] = iso(known)
                fact["value"] = round((now - known).total_seconds()) if known else None
            yield f"{prefix}.{column.removesuffix('_at')}", fact


def _counted(
    services: Services, source: Source, clearance: Clearance, at: datetime | None
) -> list[dict[str, Any]]:
    def count() -> list[dict[str, Any]]:
        return services.rows(source.sql, clearance, at).to_pylist()

    if source.ages:
        return count()
    key = ("fact", source.sql, clearance.key, services.version(source.sql), at.isoformat() if at else None)
    # Copies: whoever is told takes them apart.
    return [dict(row) for row in services.shelf.take(key, count)]


def feed_rows(services: Services, clearance: Clearance, at: datetime | None = None) -> list[dict[str, Any]]:
    """Every feed that has a key, its age, and whether it speaks."""
    now = at or services.clock()
    feeds = []
    for row in services.rows(FEEDS, clearance, at).to_pylist():
        last = row["last_received_at"]
        age_s = (now - last).total_seconds() if last else None
        feeds.append(
            {
                **{name: iso(value) for name, value in row.items()},
                "age_s": round(age_s, 1) if age_s is not None else None,
                "speaks": age_s is not None and age_s <= FEED_SILENT_S,
            }
        )
    return feeds


def _feed_facts(feeds: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    newest = max((feed["last_received_at"] for feed in feeds if feed["last_received_at"]), default=None)
    common = {"newest_at": newest, "rows": len(feeds), "source": "feed_at"}
    missing = [feed["title"] for feed in feeds if not feed["speaks"]]
    return {
        "feeds.total": {"value": len(feeds) or None, **common},
        "feeds.speaking": {
            "value": len(feeds) - len(missing) if feeds else None,
            "missing": missing,
            **common,
        },
    }


def _strip(
    services: Services, clearance: Clearance, at: datetime | None, now: datetime
) -> list[dict[str, Any]]:
    """The last 24 h in quarters of an hour: no number before the first known one, a true zero after it."""
    known = {row["bucket_at"]: int(row["n"]) for row in services.rows(STRIP, clearance, at).to_pylist()}
    epoch_s = int(now.timestamp())
    last = datetime.fromtimestamp(epoch_s - epoch_s % int(STRIP_BUCKET.total_seconds()), tz=now.tzinfo)
    first_known = min(known, default=None)
    strip = []
    for back in range(STRIP_BUCKETS - 1, -1, -1):
        bucket = last - back * STRIP_BUCKET
        before = first_known is None or bucket < first_known
        strip.append({"at": bucket.isoformat(), "n": None if before else known.get(bucket, 0)})
    return strip
