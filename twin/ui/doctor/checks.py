"""Every check of the doctor, in the order in which a person would look."""

from twin.spec import T
from twin.ui.doctor import data, home
from twin.ui.doctor.finding import Check

CHECKS = (
    Check(
        "home",
        T("数据目录可写", "the home can be written"),
        T("腾出空间,或改正目录权限", "make room, or mend the rights of the folder"),
        home.home,
    ),
    Check(
        "disk",
        T("磁盘空间", "room on the disk"),
        T("删除旧备份或快照,或换更大的磁盘", "remove old backups and snapshots, or move to a larger disk"),
        data.disk,
    ),
    Check(
        "file",
        T("数据文件", "the community's file"),
        T(
            "日志损坏:twin doctor --repair 打开完好部分;文件损坏:twin restore BACKUP --force",
            "a damaged log: `twin doctor --repair` opens what is good; a damaged file: "
            "`twin restore BACKUP --force`; a newer file: start the newer program",
        ),
        data.file,
        data.open_as_a_start,
        T("像启动时那样打开,保留损坏的日志", "opens it as a start does, keeping a damaged log aside"),
    ),
    Check(
        "quarantine",
        T("启动时隔离的日志", "logs that a start set aside"),
        T(
            "请发送方补发那段时间的数据,然后删除 quarantine 中的文件",
            "let the senders send that time again, then remove the files in the home's quarantine",
        ),
        home.quarantine,
    ),
    Check(
        "leftovers",
        T("中断的作业", "unfinished work"),
        T("twin doctor --repair 删除它们", "`twin doctor --repair` removes it"),
        home.leftover,
        home.remove_leftovers,
        T("删除残留文件", "removes what was left over"),
    ),
    Check(
        "engine",
        T("写入线程", "the engine that writes"),
        T("重启服务;若反复发生,把日志交给开发者", "restart the server; if it comes again, show its log"),
        data.engine,
    ),
    Check(
        "writes",
        T("最后写入", "the last write"),
        T("启动服务,或检查数据源", "start the server, or look at the feeds"),
        data.writes,
    ),
    Check(
        "clock",
        T("时钟", "the clock"),
        T("校准时钟(NTP),然后重启服务", "set the machine's clock (NTP), then restart the server"),
        data.clock,
    ),
    Check(
        "ahead",
        T("来自未来的读数", "readings from the future"),
        T(
            "先校准时钟,再 twin doctor --repair",
            "first set the clock, then `twin doctor --repair`",
        ),
        data.ahead,
        data.step_back,
        T("退回到真实的最新读数,历史不变", "goes back to the newest true reading; history stays as it is"),
    ),
    Check(
        "keyframe",
        T("关键帧", "keyframes"),
        T("twin doctor --repair 生成一个", "`twin doctor --repair` takes one"),
        data.keyframe,
        data.take_keyframe,
        T("生成一个关键帧", "takes a keyframe"),
    ),
    Check(
        "doors",
        T("数据入口", "the doors in"),
        T(
            "检查 MQTT 服务器和网络,它会自动重连",
            "look at the broker and the wire; it connects again by itself",
        ),
        data.doors,
    ),
    Check(
        "broker",
        T("MQTT 服务器的设置", "the broker's settings"),
        T(
            "按所列改写 mosquitto.conf 并重启它;用 --broker-conf 指明文件",
            "write mosquitto.conf as told and restart it; name the file with `--broker-conf`",
        ),
        home.broker,
    ),
    Check(
        "feeds",
        T("数据源", "feeds"),
        T("检查网关的电源、网络和密钥", "look at the gateway: power, wire, key"),
        data.feeds,
    ),
    Check(
        "rejects",
        T("拒收的消息", "messages that could not be taken"),
        T(
            "twin rejects list 查看原因;改正后 twin rejects replay",
            "`twin rejects list` says why; mend it, then `twin rejects replay`",
        ),
        data.rejects,
    ),
    Check(
        "devices",
        T("设备", "devices"),
        T(
            "核对设备编号和安装;不再使用的设备设为退役",
            "compare the ids with the labels on the devices; retire what is no longer there",
        ),
        data.devices,
    ),
    Check(
        "key",
        T("密钥与人员资料", "the key file and persons.sqlite"),
        T(
            "放回这个数据目录的密钥文件(0600,目录之外)",
            "put the key file of this home back (0600, outside of the home)",
        ),
        home.key,
        home.make_private,
        T("收紧文件权限为 0600", "takes the rights of others away (0600)"),
    ),
    Check(
        "persons",
        T("人员资料可读", "persons can be read"),
        T(
            "恢复备份后,放回同一时期的 persons.sqlite",
            "after a restore put the persons.sqlite of the same place back beside it",
        ),
        data.persons,
    ),
    Check(
        "audit",
        T("审计链", "the audit log"),
        T("保全现场并报告:有人改动过审计记录", "touch nothing and report it: somebody changed the log"),
        home.audit,
    ),
    Check(
        "backup",
        T("备份", "backups"),
        T("twin backup 新目录,并放到另一台机器", "`twin backup FOLDER`, and keep it on another machine"),
        data.backup,
    ),
    Check(
        "port",
        T("端口", "the port"),
        T("停止占用者,或设置 TWIN_PORT", "stop what holds it, or set TWIN_PORT"),
        home.port,
    ),
    Check(
        "fonts",
        T("字体", "the screens' fonts"),
        T("twin doctor --repair 生成", "`twin doctor --repair` builds them"),
        home.fonts,
        home.build_fonts,
        T("生成字体", "builds them"),
    ),
    Check(
        "browser",
        T("快照的图片", "pictures in snapshots"),
        T("安装 chromium", "install chromium"),
        home.browser,
    ),
)


def as_markdown() -> str:
    """The table of docs/doctor.md."""
    lines = ["| check | what is looked at | what a person does | what `--repair` does |", "|---|---|---|---|"]
    for check in CHECKS:
        mends = check.repairs.en if check.repairs else "–"
        lines.append(f"| `{check.id}` | {check.what.en} · {check.what.zh} | {check.remedy.en} | {mends} |")
    return "\n".join(lines) + "\n"
