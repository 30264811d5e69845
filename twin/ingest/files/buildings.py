"""Imports a file of buildings: read in chunks, judged as a whole, written in one transaction."""

import hashlib
import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np

from twin.ingest.files.bounds import check_bounds
from twin.ingest.files.community import read_community
from twin.ingest.files.fields import choose_fields
from twin.ingest.files.gathering import Job, gather
from twin.ingest.files.identity import Identity, identify
from twin.ingest.files.opening import open_source
from twin.ingest.files.options import ImportOptions, ImportRefused, Progress
from twin.ingest.files.overlap import report_overlaps
from twin.ingest.files.reference import reference_of
from twin.ingest.files.report import ImportReport, Oddities
from twin.ingest.files.staging import Marks, Staging
from twin.ingest.files.writing import Plan, plan, stranded, write
from twin.store import Store, Tx

_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is to be done with a file that was read to its end."""

    identity: Identity
    plan: Plan
    report: ImportReport


def import_buildings(
    store: Store, path: Path, options: ImportOptions, progress: Progress | None = None
) -> ImportReport:
    """Raises ImportRefused when the file as a whole cannot be taken; then nothing was written."""
    began = perf_counter()
    options.check()
    with _ONE_AT_A_TIME, Staging(store.home) as staging:
        job = _job(store, path, options)
        for rows, marks in gather(job, progress):
            staging.add(rows, marks)
        if not job.read:
            lying = " within the community's bounds" if job.source.is_cut_to_bounds else ""
            raise ImportRefused(f"{path.name} holds no buildings{lying}.", "Check that it is the right file.")
        judged = _judge(store, path, job, staging, began)
        differs = judged.report.added or judged.report.changed
        if differs and not options.dry_run:
            store.write(lambda tx: _commit(tx, job, staging, judged))
        return replace(judged.report, seconds=round(perf_counter() - began, 3))


def _job(store: Store, path: Path, options: ImportOptions) -> Job:
    community = read_community(store)
    source = open_source(path, options, community.bounds)
    odd = Oddities()
    for remark in source.remarks:
        odd.add("noted", remark.code, None, remark.field, remark.reason, remark.remedy)
    reference = reference_of(options.crs, source.label, path.name)
    if options.crs and source.label:
        reason = f"read as {reference.words}, as told; the file itself says {source.label[:60]}"
        odd.add("noted", "crs", None, path.name, reason, "leave --crs away if the file is right")
    if reference.caveat:
        odd.add(
            "noted", "crs", None, path.name, reference.caveat, "convert it with a local grid if there is one"
        )
    if community.demo and not options.demo:
        reason = "this twin holds a demo community: what is imported stands beside simulated places"
        odd.add("noted", "demo", None, path.name, reason, "for a real place make a twin in another TWIN_HOME")
    fields = choose_fields(source, options.mapping, odd)
    if "storeys" not in fields and "height" not in fields and options.default_storeys is None:
        raise ImportRefused(
            f"No field of {path.name} is known to hold storeys or height; its fields: "
            f"{', '.join(source.fields) or 'none'}.",
            "Name one: --map storeys=FIELD or --map height=FIELD; or say --default-storeys N.",
        )
    return Job(path.name, options, community, source, reference, fields, odd)


def _judge(store: Store, path: Path, job: Job, staging: Staging, began: float) -> _Judged:
    """All that can only be known at the end: place, identity, overlaps, what differs from the store."""
    _refuse_elsewhere(job)
    marks = staging.finish()
    bounds = None if job.source.is_cut_to_bounds else job.community.bounds
    verdict = check_bounds(marks.lon, marks.lat, bounds, job.reference, job.file_name)
    words = "cut to the community's bounds" if job.source.is_cut_to_bounds else verdict.words
    if job.community.bounds is None:
        job.odd.add("noted", "bounds", None, job.file_name, words, "make the twin with --bounds W,S,E,N")
    for row in marks.row[verdict.outside]:
        job.odd.add("noted", "outside", int(row), "geometry", "it lies outside the bounds; kept", "check it")
    identity = identify(marks, job.fields.get("id"), job.odd)
    report_overlaps(staging, marks, identity.kept, job.odd)
    code12 = job.community.code12
    todo = plan(store.read, staging, identity, code12, job.provenance, job.odd)
    if left := stranded(store.read, todo, code12, job.provenance):
        reason = f"{left} buildings of an earlier {job.provenance} are not in it now; they stay"
        job.odd.add("noted", "stranded", None, job.file_name, reason, "begin a new twin to be rid of them")
    return _Judged(identity, todo, _report(path, job, marks, identity, todo, words, began))


def _refuse_elsewhere(job: Job) -> None:
    far = job.odd.counts["rejected", "far"]
    if far > job.read / 2:
        raise ImportRefused(
            f"{far} of {job.read} buildings of {job.file_name}, read as {job.reference.words}, lie more than "
            "100 km from the community.",
            "Check --crs and that it is the right file; else make the twin with the right --bounds.",
        )


def _report(
    path: Path, job: Job, marks: Marks, identity: Identity, todo: Plan, words: str, began: float
) -> ImportReport:
    unchanged, added, changed, _ = todo.counts
    kept = np.flatnonzero(identity.kept)[todo.is_kept]
    return ImportReport(
        file=job.file_name,
        sha256=_sha256(path),
        format=job.source.format,
        crs=job.reference.words,
        bounds_check=words,
        dry_run=job.options.dry_run,
        read=job.read,
        kept=len(kept),
        mended=int(marks.mended[kept].sum()),
        rejected=job.read - len(kept),
        added=added,
        changed=changed,
        unchanged=unchanged,
        storeys_derived=int(marks.storeys_derived[kept].sum()),
        height_derived=int(marks.height_derived[kept].sum()),
        seconds=round(perf_counter() - began, 3),
        fields=dict(job.fields),
        counts={f"{kind} {code}": count for (kind, code), count in job.odd.counts.items()},
        oddities=tuple(sorted(job.odd.kept, key=lambda odd: odd.row or 0)),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _commit(tx: Tx, job: Job, staging: Staging, judged: _Judged) -> None:
    community, report = job.community, judged.report
    tx.execute(
        "UPDATE community SET lon0 = $lon0, lat0 = $lat0 WHERE community12 = $code AND isnan(lon0)",
        {"lon0": community.frame.lon0, "lat0": community.frame.lat0, "code": community.code12},
    )
    write(tx, staging, judged.identity, judged.plan, community.code12, job.provenance)
    entry = {
        "community12": community.code12,
        "id": f"{report.sha256[:12]}-{tx.known_at:%Y%m%dT%H%M%S%f}",
        "file_name": report.file,
        "sha256": report.sha256,
        "crs": report.crs,
        "read": report.read,
        "kept": report.kept,
        "mended": report.mended,
        "rejected": report.rejected,
        "report_json": json.dumps(report.to_json(), ensure_ascii=False),
    }
    tx.append("import_log", [entry])
