"""What the doctor looks at in the home and on the machine, without the community's file."""

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

from twin.ingest.files.staging import PREFIX as IMPORTING
from twin.security import Audit
from twin.security.file import FILE_NAME as SECURITY_FILE
from twin.snapshot.picture import find_browser
from twin.spec import T
from twin.store import recovery
from twin.store.looking import leftovers
from twin.store.vault import unfit
from twin.ui.doctor.broker import losing
from twin.ui.doctor.finding import Finding, Hands, Patient, fault, note, whole
from twin.ui.fonts import ensure_fonts, fonts_are_built
from twin.ui.port import port_fault

# A served twin may be in the middle of a backup or an import: only what is older is left over.
BUSY_S = 3_600
PRIVATE = ("persons.sqlite", SECURITY_FILE, "control.sock")


def home(patient: Patient) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=patient.home, prefix=".doctor-") as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as why:
        return fault(
            f"{patient.home} 不能写入:{why.strerror}",
            f"{patient.home} cannot be written: {why.strerror}",
        )
    return whole(f"{patient.home} 可写", f"{patient.home} can be written")


def quarantine(patient: Patient) -> Finding:
    told = recovery.told(patient.home)
    if not told:
        return whole("没有被隔离的日志", "no log was set aside")
    zh = ";".join(one.words.zh for one in told)
    en = " ".join(one.words.en for one in told)
    return fault(zh, en) if any(one.is_loss for one in told) else note(zh, en)


def leftover(patient: Patient) -> Finding:
    left = _leftovers(patient.home, patient.served is not None)
    if not left:
        return whole("没有残留的临时文件", "nothing unfinished lies about")
    names = ", ".join(path.name for path in left)
    return note(f"中断的作业留下:{names}", f"killed work left behind: {names}", mends=True)


def remove_leftovers(hands: Hands) -> T:
    left = _leftovers(hands.settings.home, hands.is_served)
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    names = ", ".join(path.name for path in left)
    return T(f"已删除 {names}", f"removed {names}")


def _leftovers(home: Path, is_served: bool) -> list[Path]:
    found = [*leftovers(home), *sorted(home.glob(f"{IMPORTING}*")), *sorted(home.glob("fonts/*.part"))]
    if not is_served:
        return found
    return [path for path in found if time.time() - path.stat().st_mtime > BUSY_S]


def key(patient: Patient) -> Finding:
    key_file = patient.settings.key_path
    if key_file.resolve().is_relative_to(patient.home.resolve()):
        return fault(
            f"密钥文件 {key_file} 放在数据目录内,一份拷贝即可解开另一份",
            f"the key file {key_file} lies inside the home: a copy of one opens the other",
        )
    if why := unfit(patient.home, key_file):
        return fault(f"人员密钥不匹配:{why}", why)
    if wide := _too_open(patient.home, key_file):
        names = ", ".join(str(path) for path in wide)
        return fault(f"其他用户可读:{names}", f"others may read {names}", mends=True)
    if not (patient.home / "persons.sqlite").exists():
        return whole("没有人员资料", "no persons are kept here")
    return whole("密钥与人员资料匹配,仅本人可读", "key and persons belong together, private (0600)")


def make_private(hands: Hands) -> T:
    wide = _too_open(hands.settings.home, hands.settings.key_path)
    for path in wide:
        path.chmod(0o600)
    names = ", ".join(path.name for path in wide)
    return T(f"已设为 0600:{names}", f"set to 0600: {names}")


def _too_open(home: Path, key_file: Path) -> list[Path]:
    paths = (key_file, *(home / name for name in PRIVATE))
    return [path for path in paths if path.exists() and path.stat().st_mode & 0o077]


def audit(patient: Patient) -> Finding:
    if not (patient.home / SECURITY_FILE).exists():
        return whole("尚无审计记录", "no audit log yet")
    log = Audit(patient.home)
    try:
        broken = log.verify()
        newest = log.rows(1)
    finally:
        log.close()
    if broken:
        return fault(f"审计链断裂:{broken.sentence}", f"the audit log was tampered with: {broken.sentence}")
    count = newest[0].number if newest else 0
    return whole(f"审计链完整,共 {count} 条", f"the audit chain holds over {count} rows")


def port(patient: Patient) -> Finding:
    settings = patient.settings
    if patient.served is None:
        why = port_fault(settings)
        return (
            fault(f"端口 {settings.port} 被占用", why)
            if why
            else whole(f"端口 {settings.port} 空闲", f"port {settings.port} is free")
        )
    try:
        socket.create_connection((settings.host, settings.port), timeout=5).close()
    except OSError as why_not:
        return fault(
            f"服务在运行,但端口 {settings.port} 不应答:{why_not}",
            f"the server runs, but nothing answers at port {settings.port}: {why_not}",
        )
    return whole(f"端口 {settings.port} 由本服务使用", f"port {settings.port} is ours")


def fonts(patient: Patient) -> Finding:
    if fonts_are_built(patient.home):
        return whole("字体已生成", "the fonts are built")
    return fault("字体未生成或不完整", "the fonts are not built, or not whole", mends=True)


def build_fonts(hands: Hands) -> T:
    files = ensure_fonts(hands.settings.home)
    return T(f"已生成字体 {len(files)} 个文件", f"built the fonts: {len(files)} files")


def browser(patient: Patient) -> Finding:
    found = find_browser()
    if found:
        return whole(f"截图用 {found}", f"pictures are drawn by {found}")
    return note(
        "未找到 Chromium:快照没有 PNG 图片", "no Chromium here: snapshots come without their PNG picture"
    )


def broker(patient: Patient) -> Finding:
    path = patient.broker_conf
    if path is None:
        if not patient.settings.mqtt_url:
            return whole("未配置 MQTT", "no MQTT broker is set")
        return note(
            "未给出 mosquitto.conf,未检查是否会丢消息",
            "its mosquitto.conf was not named: whether it is set to lose was not looked at",
        )
    try:
        bad = losing(path)
    except OSError as why:
        return fault(f"{path} 不能读取:{why.strerror}", f"{path} cannot be read: {why.strerror}")
    if not bad:
        return whole(f"{path} 不会丢消息", f"{path} keeps what it is given")
    zh = ";".join(f"{one.key} 为 {one.said}({one.why.zh}),应写 {one.key} {one.write}" for one in bad)
    en = "; ".join(f"{one.key} is {one.said} ({one.why.en}): write `{one.key} {one.write}`" for one in bad)
    return fault(f"{path} 会丢消息:{zh}", f"{path} is set to lose: {en}")
