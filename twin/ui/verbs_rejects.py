"""The verbs of what could not be taken: list, show, replay after the cause was mended, settle."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from twin.engine import Engine
from twin.ingest.decoders import Site
from twin.ingest.replaying import Submit, readable, replay, settle
from twin.model.clearance import DESK
from twin.store import Store, utc_now
from twin.ui.verbs_devices import as_columns

Args = Mapping[str, Any]
Done = dict[str, Any]
MOST = 200
COLUMNS = ("id", "received_utc", "feed", "family", "reason", "remedy")
LIST = """
  SELECT id, strftime(received_at, '%Y-%m-%d %H:%M:%S') AS received_utc, feed, family, topic, field, reason,
         remedy, raw_bytes, strftime(settled_at, '%Y-%m-%d %H:%M:%S') AS settled_utc, settled_note
  FROM reject_at($at, $clearance)
  WHERE ($id = '' OR id = $id) AND ($id <> '' OR $all OR settled_at IS NULL) AND ($feed = '' OR feed = $feed)
  ORDER BY received_at DESC, id LIMIT $most"""
COUNT = "SELECT count(*) AS n FROM reject WHERE settled_at IS NULL"


def list_rejects(store: Store, args: Args) -> Done:
    rows = _rows(store, feed=str(args.get("feed") or ""), every=bool(args.get("all")))
    waiting = int(store.read(COUNT)["n"][0].as_py())
    text = f"{waiting} wait. `twin rejects show ID`, then mend the cause and `twin rejects replay ID`."
    return {"ok": True, "text": f"{as_columns(rows, COLUMNS)}\n{text}" if rows else text, "data": rows}


def show_reject(store: Store, args: Args) -> Done:
    rows = _rows(store, reject_id=str(args["id"]))
    if not rows:
        return {"ok": False, "text": f"No reject {args['id']!r}. `twin rejects list` shows what waits."}
    raw = store.read("SELECT raw FROM reject WHERE id = $id", {"id": str(args["id"])})["raw"][0].as_py()
    it = rows[0] | {"raw": readable(raw)}
    lines = [f"{name}: {value}" for name, value in rows[0].items() if value is not None]
    return {"ok": True, "text": "\n".join([*lines, "", it["raw"]]), "data": it}


def replay_rejects(store: Store, args: Args, engine: Engine | None, site: Site) -> Done:
    """`ids`, or none with `all`: everything that waits."""
    ids = [str(one) for one in args.get("ids") or ()]
    if not ids and not args.get("all"):
        return {"ok": False, "text": "Which? Name ids, or say --all."}
    with _writing(store, engine) as submit:
        feed, by = str(args.get("feed") or ""), str(args.get("by") or "operator")
        done = replay(store, submit, site, ids, by, feed=feed)
    waits = [one for one in done if one.why]
    lines = [f"{one.id}: still waits: {one.why}; {one.remedy}" for one in waits[:MOST]]
    taken = sum(one.accepted for one in done)
    lines.append(f"{len(done) - len(waits)} of {len(done)} replayed: {taken} readings taken.")
    if unknown := sorted(set(ids) - {one.id for one in done}):
        lines.append(f"Not waiting: {', '.join(unknown)}.")
    ok = not waits and not unknown
    return {"ok": ok, "text": "\n".join(lines), "data": [asdict(one) for one in done]}


def settle_rejects(store: Store, args: Args) -> Done:
    ids, note = [str(one) for one in args["ids"]], str(args.get("note") or "").strip()
    if not note:
        return {"ok": False, "text": "Say why it is laid aside: --note."}
    count = settle(store, ids, f"{note} ({args.get('by') or 'operator'})")
    return {"ok": count == len(ids), "text": f"{count} of {len(ids)} laid aside."}


VERBS: Mapping[str, Callable[[Store, Args], Done]] = {
    "rejects-list": list_rejects,
    "rejects-show": show_reject,
    "rejects-settle": settle_rejects,
}


def _rows(store: Store, *, reject_id: str = "", feed: str = "", every: bool = False) -> list[dict[str, Any]]:
    asked = {"id": reject_id, "feed": feed, "all": every, "most": MOST}
    return store.relation(LIST, None, DESK, asked).to_pylist()


@contextmanager
def _writing(store: Store, engine: Engine | None) -> Iterator[Submit]:
    """The server's engine, or one for as long as the verb takes."""
    if engine is not None:
        yield engine.submit
        return
    own = Engine(store, utc_now, interval_s=0.0)
    own.start()
    try:
        yield own.submit
    finally:
        own.stop()
