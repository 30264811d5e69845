"""What the doctor looks at in the community's file and in the running server."""

import shutil
from datetime import datetime, timedelta

import pyarrow as pa

from twin.spec import T
from twin.store import Tx, utc_now
from twin.store.backup import last_backup
from twin.store.vault import known_persons
from twin.ui.board import FEED_SILENT_S
from twin.ui.doctor.finding import Finding, Hands, Patient, fault, note, whole

KEYFRAME_LATE = timedelta(hours=2)
CLOCK_SLACK_S = 5.0
DRIFT_MAX_S = 60.0
FREE_MIN_BYTES = 1_000_000_000
FREE_MIN_DAYS = 7
# Growth is told from a day's arrivals; from less than an hour of them nothing is foretold.
GROWTH_FROM_S = 3_600.0
BACKUP_LATE = timedelta(days=2)
NAMED = 5
# As the doors judge it: nothing happens later than so long after now.
AHEAD_MAX = timedelta(minutes=5)
_AHEAD = "SELECT count(*) AS n FROM {}_now WHERE received_at > $limit OR happened_at > $limit"
_TRUE = (
    "SELECT e.* FROM {1} e SEMI JOIN (FROM {0}_now WHERE received_at > $limit OR happened_at > $limit) n"
    " ON n.community12 = e.community12 AND n.{2} = e.{2}"
    " WHERE e.received_at <= $limit AND e.happened_at <= $limit"
    " QUALIFY row_number()"
    " OVER (PARTITION BY e.community12, e.{2} ORDER BY e.happened_at DESC, e.known_at DESC) = 1"
)


def file(patient: Patient) -> Finding:
    state = patient.file
    if state.fault:
        if state.log_bad_bytes:
            return fault(
                f"数据日志损坏({state.log_bad_bytes} 字节):{state.fault}",
                f"its log is damaged ({state.log_bad_bytes} bytes): {state.fault}",
                mends=True,
            )
        return fault(f"数据文件打不开:{state.fault}", f"it cannot be opened: {state.fault}")
    if state.lost_seqs:
        first, last = state.lost_seqs[0], state.lost_seqs[-1]
        return fault(
            f"已确认的提交 {first}–{last} 不在文件中",
            f"commits {first}–{last} were acknowledged and are not in it",
            mends=True,
        )
    if state.schema > state.newest_schema:
        return fault(
            f"由更新的程序写成(结构 {state.schema},本程序 {state.newest_schema})",
            f"a newer program wrote it: schema {state.schema}, this one knows {state.newest_schema}",
        )
    if not state.is_current:
        return note(
            f"结构 {state.schema},下次启动时升级到 {state.newest_schema}",
            f"schema {state.schema}: the next start brings it to {state.newest_schema}",
            mends=True,
        )
    return whole(f"可打开,结构 {state.schema} 为最新", f"it opens, schema {state.schema} is current")


def open_as_a_start(hands: Hands) -> T:
    store = hands.store()
    if store.recovery:
        return store.recovery.words
    return T("已像启动时那样打开,结构为最新", "opened it as a start does: its schema is current")


def disk(patient: Patient) -> Finding:
    free = shutil.disk_usage(patient.home).free
    zh, en = f"剩余 {free / 1e9:.1f} GB", f"{free / 1e9:.1f} GB free"
    days = _days_left(patient, free) if patient.read else None
    if days is not None:
        zh, en = f"{zh},按现在的增长够 {days:.0f} 天", f"{en}, {days:.0f} days at the present growth"
    low = free < FREE_MIN_BYTES or (days is not None and days < FREE_MIN_DAYS)
    return fault(zh, en) if low else whole(zh, en)


def _days_left(patient: Patient, free: int) -> float | None:
    row = patient.one(
        "SELECT coalesce(sum(accepted), 0)::DOUBLE AS ever,"
        " coalesce(sum(accepted) FILTER (known_at > now() - INTERVAL 24 HOUR), 0)::DOUBLE AS day,"
        " coalesce(least(epoch(now()) - epoch(min(known_at)), 86400), 0)::DOUBLE AS span_s FROM ingest_log"
    )
    if not row["day"] or row["span_s"] < GROWTH_FROM_S:
        return None
    # The places were there before the first reading, so this tells rather too few days than too many.
    bytes_each = (patient.home / "twin.duckdb").stat().st_size / row["ever"]
    return free / (row["day"] / row["span_s"] * 86_400 * bytes_each)


def writes(patient: Patient) -> Finding:
    last = _instant(patient, "SELECT epoch(known_at) AS s FROM store_mark")
    if last is None:
        return note("还没有任何写入", "nothing was ever written to it")
    ago_zh, ago_en = _ago(patient.now - last)
    if patient.served is None:
        return whole(f"最后写入{ago_zh},服务未运行", f"last written {ago_en}; no server runs")
    return whole(f"最后写入{ago_zh}", f"last written {ago_en}")


def engine(patient: Patient) -> Finding:
    served = patient.served
    if served is None:
        return whole("服务未运行", "no server runs")
    if not served.engine_alive:
        return fault("写入线程不动:到来的数据不会保存", "its engine is dead: what arrives is not written")
    if served.restarts:
        return note(
            f"写入线程在运行,但重启过 {served.restarts} 次",
            f"the engine runs; it had to be started again {served.restarts} times",
        )
    return whole(
        f"服务在运行,{served.waiting} 条等待写入",
        f"the server runs, {served.waiting} items wait to be written",
    )


def clock(patient: Patient) -> Finding:
    last = _instant(patient, "SELECT epoch(known_at) AS s FROM store_mark")
    ahead_s = (last - patient.now).total_seconds() if last else 0.0
    if ahead_s > CLOCK_SLACK_S:
        return fault(
            f"时钟比最后写入慢 {ahead_s:.0f} 秒:时钟被拨回,或曾经拨快",
            f"the clock stands {ahead_s:.0f} s before the last write: it was set back, or was ahead then",
        )
    drift_s = patient.served.drift_s if patient.served else 0.0
    if abs(drift_s) > DRIFT_MAX_S:
        return fault(
            f"服务启动以来时钟跳动了 {drift_s:+.0f} 秒",
            f"the clock jumped by {drift_s:+.0f} s since the server started",
        )
    return whole("时钟与最后写入相符", "the clock fits the last write")


def ahead(patient: Patient) -> Finding:
    limit = {"limit": patient.now + AHEAD_MAX}
    devices, staff = (patient.count(_AHEAD.format(of), limit) for of in ("device", "position"))
    if not devices + staff:
        return whole("没有来自未来的读数", "nothing that is shown as now lies in the future")
    return fault(
        f"{devices} 台设备、{staff} 名人员的“现在”来自未来,真实的新读数被遮住",
        f"what is shown of {devices} devices and {staff} people lies in the future and hides what is true",
        mends=True,
    )


def step_back(hands: Hands) -> T:
    """Of each that is ahead, the newest event that can be true; the events themselves all stay."""
    limit = {"limit": utc_now() + AHEAD_MAX}

    def work(tx: Tx) -> int:
        count = 0
        for of, event, key in (("device", "observation", "device_id"), ("position", "position", "actor_id")):
            rows = tx.read(_TRUE.format(of, event, key), limit)
            count += tx.read(_AHEAD.format(of), limit)["n"][0].as_py()
            tx.execute(f"DELETE FROM {of}_now WHERE received_at > $limit OR happened_at > $limit", limit)  # noqa: S608 - own names
            tx.touched.add(f"{of}_now")
            waiting.append((f"{of}_now", rows))
        return count

    waiting: list[tuple[str, pa.Table]] = []
    store = hands.store()
    count = store.write(work)
    # DuckDB does not take a key again in the transaction that deleted it.
    store.write(lambda tx: [tx.upsert_newest(table, rows) for table, rows in waiting if rows.num_rows])
    return T(f"{count} 项退回到真实的最新读数", f"{count} were set back to their newest true reading")


def keyframe(patient: Patient) -> Finding:
    last = _instant(patient, "SELECT epoch(max(known_at)) AS s FROM ingest_log")
    frame = _instant(patient, "SELECT epoch(max(keyframe_at)) AS s FROM keyframe")
    if last is None:
        return whole("尚无数据,不需要关键帧", "nothing has arrived yet: none is needed")
    if frame is None or last - frame > KEYFRAME_LATE:
        zh, en = (
            ("从未", "never taken") if frame is None else (f"{frame:%m-%d %H:%M}", f"{frame:%m-%d %H:%M}")
        )
        return fault(
            f"最近的关键帧:{zh};回看历史会变慢",
            f"the newest one: {en}; looking at the past gets slow",
            mends=True,
        )
    return whole("关键帧为最新", f"the newest is of {frame:%m-%d %H:%M} UTC")


def take_keyframe(hands: Hands) -> T:
    hands.store().keyframe()
    return T("已生成一个关键帧", "took a keyframe")


def feeds(patient: Patient) -> Finding:
    rows = patient.rows(
        "SELECT title, demo, epoch(now()) - epoch(last_received_at) AS age_s"
        " FROM feed_at(NULL, 'desk') ORDER BY title"
    )
    if not rows:
        return whole("还没有数据源说过话", "none has spoken yet")
    silent = [row for row in rows if row["age_s"] is None or row["age_s"] > FEED_SILENT_S]
    if not silent:
        return whole(f"{len(rows)} 路数据源都在说话", f"all {len(rows)} feeds speak")
    names = ", ".join(f"{row['title']} ({_age(row['age_s'])})" for row in silent[:NAMED])
    zh, en = f"{len(silent)} 路数据源静默:{names}", f"{len(silent)} of {len(rows)} feeds are silent: {names}"
    # Without a server nobody can speak; the simulator is stopped by whoever likes to.
    if patient.served is None or all(row["demo"] for row in silent):
        return note(zh, en)
    return fault(zh, en)


def doors(patient: Patient) -> Finding:
    if patient.served is None:
        return whole("服务未运行,入口关闭", "no server runs: the doors are closed")
    mqtt = patient.served.doors.get("mqtt")
    if mqtt and not mqtt.get("connected"):
        return fault(
            f"与 MQTT 服务器断开:{mqtt.get('trouble') or '?'}",
            f"the MQTT broker is away: {mqtt.get('trouble') or 'no reason was given'}",
        )
    known = [name for name, said in patient.served.doors.items() if said]
    names = ", ".join(["http", *known])
    return whole(f"入口开放:{names}", f"open: {names}")


def rejects(patient: Patient) -> Finding:
    rows = patient.rows(
        "SELECT feed, count(*) AS n FROM reject_at(NULL, 'desk') WHERE settled_at IS NULL"
        " GROUP BY feed ORDER BY n DESC, feed"
    )
    if not rows:
        return whole("没有待处理的拒收消息", "nothing that came in waits to be mended")
    count = sum(row["n"] for row in rows)
    names = ", ".join(f"{row['feed']} {row['n']}" for row in rows[:NAMED])
    return fault(f"{count} 条拒收消息待处理:{names}", f"{count} messages could not be taken: {names}")


def devices(patient: Patient) -> Finding:
    rows = patient.rows(
        "SELECT device_id FROM device_at(NULL, 'desk') WHERE freshness = 'never' ORDER BY device_id"
    )
    if not rows:
        return whole("每台设备都有过读数", "every device was heard")
    names = ", ".join(row["device_id"] for row in rows[:NAMED])
    zh, en = (
        f"{len(rows)} 台设备从未有读数:{names} 等",
        f"{len(rows)} devices were never heard: {names} …",
    )
    return note(zh, en) if patient.served is None or patient.is_demo else fault(zh, en)


def backup(patient: Patient) -> Finding:
    last = last_backup(patient.home)
    if last:
        made_at, path = last
        ago_zh, ago_en = _ago(patient.now - made_at)
        zh, en = f"最近备份{ago_zh}:{path}", f"last made {ago_en}: {path}"
        if patient.now - made_at <= BACKUP_LATE or patient.is_demo:
            return whole(zh, en)
        return fault(zh, en)
    if patient.is_demo:
        return whole("模拟社区,不需要备份", "a demo: none is needed")
    return fault("从未备份", "it was never backed up")


def persons(patient: Patient) -> Finding:
    ids = {row["person_id"] for row in patient.rows("SELECT person_id FROM person")}
    strangers = sorted(ids - known_persons(patient.home))
    if not strangers:
        return whole(f"{len(ids)} 人的资料都有密钥", f"there is a secret to each of {len(ids)} persons")
    return fault(
        f"{len(strangers)} 人的资料没有密钥,读不出",
        f"{len(strangers)} of {len(ids)} persons cannot be read: persons.sqlite is not the one of this file",
    )


def _instant(patient: Patient, sql: str) -> datetime | None:
    seconds = patient.one(sql)["s"]
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=patient.now.tzinfo)


def _ago(span: timedelta) -> tuple[str, str]:
    seconds = max(0, int(span.total_seconds()))
    for size, zh, en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return f"在 {seconds // size} {zh}前", f"{seconds // size} {en} ago"
    return f"在 {seconds} 秒前", f"{seconds} s ago"


def _age(age_s: float | None) -> str:
    return "-" if age_s is None else _ago(timedelta(seconds=age_s))[1].removesuffix(" ago")
