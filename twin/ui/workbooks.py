"""The workbook's two verbs, the same inside the running server and beside it."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from twin.ingest.files import ImportRefused
from twin.ingest.workbook import WorkbookOptions, export_workbook, import_workbook
from twin.ingest.workbook.exporting import refuse_target
from twin.security import Audit
from twin.settings import Settings
from twin.store import Store, Vault, VaultError
from twin.ui.control import Emit

Args = Mapping[str, Any]
Done = dict[str, Any]


def bring(store: Store, settings: Settings, args: Args, emit: Emit, *, is_served: bool) -> Done:
    """Import; `data` is there whenever the file was judged, also when it was then not taken."""
    options = WorkbookOptions(
        dry_run=bool(args.get("dry_run")),
        demo=bool(args.get("demo")),
        all_or_nothing=bool(args.get("all_or_nothing")),
        crs=str(args.get("crs") or ""),
        is_served=is_served,
    )

    def progress(read: int) -> None:
        emit({"progress": {"read": read, "total": None}})

    try:
        with closing(Vault(settings.home, settings.key_path)) as vault:
            report = import_workbook(store, vault, Path(args["file"]), options, progress)
    except (ImportRefused, VaultError) as refused:
        return {"ok": False, "text": str(refused)}
    return {"ok": report.ok, "text": report.table(), "data": report.to_json()}


def give(store: Store, settings: Settings, args: Args) -> Done:
    """Export. With a reason people stand in it in the clear, and who asked and why is written down first."""
    path, reason = Path(args["file"]), str(args.get("reason") or "").strip()
    code12 = str(args.get("code") or "")
    try:
        refuse_target(path)
        if reason:
            _audited(settings, str(args.get("by") or "command line"), f"{path}: {reason}")
        with closing(Vault(settings.home, settings.key_path)) as vault:
            report = export_workbook(store, vault, path, masked=not reason, code12=code12)
    except (ImportRefused, VaultError) as refused:
        return {"ok": False, "text": str(refused)}
    data = {"path": str(report.path), "masked": report.masked, "rows": report.rows}
    return {"ok": True, "text": report.text, "data": data | {"unreadable": report.unreadable}}


def _audited(settings: Settings, by: str, what: str) -> None:
    audit = Audit(settings.home)
    try:
        audit.record(by, "workbook.export", what)
    finally:
        audit.close()
