"""The families of payloads we read: what each carries, what it needs, and a message that must always read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from twin.ingest.decoders import (
    frigate,
    hj212,
    home_assistant,
    lorawan,
    own_mqtt,
    replay,
    tasmota,
    vendor_smoke,
    zigbee2mqtt,
)
from twin.ingest.decoders.said import Payload
from twin.ingest.decoders.site import PLAIN, Entity, Site
from twin.model.readings import Decoded
from twin.spec import T

Decode = Callable[[str, Payload, datetime, Site], Decoded]
Carrier = Literal["http", "tcp", "mqtt", "file"]
RECEIVED_AT = datetime(2026, 1, 5, 4, 0, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Example:
    """A message as it arrives, and what it must always be read as: property and state or value."""

    topic: str
    payload: bytes
    reads: Mapping[str, str | float]
    site: Site = PLAIN


@dataclass(frozen=True, slots=True)
class Family:
    """`topics` are the MQTT filters a door subscribes to, `scheme` what its devices are registered under."""

    id: str
    title: T
    carriers: tuple[Carrier, ...]
    topics: tuple[str, ...]
    scheme: tuple[str, ...]
    time: T
    key: T
    needs: T
    decode: Decode
    example: Example


NOTHING = T("不需要", "Nothing")
DOOR_TIME = T("接入时刻", "The door's")
CONTENT = T("无，按内容", "None: the content")

FAMILIES: Mapping[str, Family] = {
    family.id: family
    for family in (
        Family(
            "vendor_smoke",
            T("厂商烟感回调", "A vendor's smoke kit, HTTP callback"),
            ("http",),
            (),
            ("imei", "vendor"),
            T("timestamp，毫秒", "timestamp, milliseconds"),
            T(
                "alarmType + timestamp（msgId 每次不同，不用）",
                "alarmType + timestamp (msgId is new each time)",
            ),
            NOTHING,
            vendor_smoke.decode,
            Example(
                "/ingest/vendor/smoke",
                b'{"deviceId":"SM-0001","imei":"860000000000001","alarmType":1,"timestamp":1767585600000,'
                b'"battery":87,"temperature":41.5,"msgId":"5f1c"}',
                {"smoke": "alarm", "temperature": 41.5},
            ),
        ),
        Family(
            "hj212",
            T("HJ 212-2017 环境监测", "HJ 212-2017, environmental stations"),
            ("tcp",),
            (),
            ("hj212_mn",),
            T("DataTime，北京时间；均值为时段起点", "DataTime, +08:00; of a mean, its beginning"),
            T("CN + DataTime（无则 QN）+ 包号", "CN + DataTime (else QN) + packet number"),
            T("switches：SBn 是风机还是净化器", "switches: which SBn is the fan, which the purifier"),
            hj212.decode,
            Example(
                "",
                b"##0152QN=20260105120000123;ST=51;CN=2011;PW=123456;MN=51010800800301K007;Flag=5;"
                b"CP=&&DataTime=20260105115959;a34041-Rtd=1.32,a34041-Flag=N;SB1-RS=1;SB2-RS=0&&CFC1\r\n",
                {"fume": 1.32, "fan": "on", "purifier": "off"},
                Site(switches={"*": {"SB1": "fan", "SB2": "purifier"}}),
            ),
        ),
        Family(
            "zigbee2mqtt",
            T("Zigbee2MQTT", "Zigbee2MQTT"),
            ("mqtt",),
            ("zigbee2mqtt/#",),
            ("ieee", "z2m"),
            T("last_seen，否则接入时刻", "last_seen, else the door's"),
            CONTENT,
            T("网关开启 last_seen: ISO_8601", "last_seen: ISO_8601 at the gateway"),
            zigbee2mqtt.decode,
            Example(
                "zigbee2mqtt/0x00158d0001abcdef",
                b'{"contact":false,"battery":81,"battery_low":false,"voltage":2985,"linkquality":99}',
                {"door_contact": "open", "voltage": 2.985},
            ),
        ),
        Family(
            "home_assistant",
            T("Home Assistant 自动发现", "Home Assistant discovery"),
            ("mqtt",),
            ("homeassistant/+/+/config", "homeassistant/+/+/+/config"),
            ("ieee", "ha"),
            DOOR_TIME,
            CONTENT,
            T(
                "entities：config 消息；再订阅其中的主题",
                "entities: the configs; then subscribe to their topics",
            ),
            home_assistant.decode,
            Example(
                "kitchen/leak/state",
                b'{"leak":"WET"}',
                {"water": "alarm"},
                Site(
                    entities={
                        "kitchen/leak/state": (
                            Entity(
                                "leak-1",
                                "ha",
                                "kitchen-node",
                                "binary_sensor",
                                "moisture",
                                "kitchen/leak/state",
                                ("leak",),
                                "WET",
                                "DRY",
                            ),
                        )
                    }
                ),
            ),
        ),
        Family(
            "lorawan",
            T("LoRaWAN：ChirpStack v4、The Things Stack v3", "LoRaWAN: ChirpStack v4, The Things Stack v3"),
            ("mqtt", "http"),
            ("application/+/device/+/event/up", "application/+/device/+/event/status", "v3/+/devices/+/up"),
            ("dev_eui",),
            T("网络服务器的时间，截到微秒", "The network server's, cut to microseconds"),
            T("会话 + fCnt", "session + fCnt"),
            T("models：DevEUI → 型号，或服务器报型号", "models: DevEUI → model, unless the server names it"),
            lorawan.decode,
            Example(
                "v3/app@tenant/devices/door-7/up",
                b'{"end_device_ids":{"dev_eui":"24E124000000AB01","dev_addr":"260B0001"},"uplink_message":'
                b'{"session_key_id":"AXBS","f_port":85,"f_cnt":7,"frm_payload":"AXVkAwAB","received_at":'
                b'"2026-01-05T04:00:00.123456789Z","version_ids":{"model_id":"ws301"}}}',
                {"door_contact": "open"},
            ),
        ),
        Family(
            "tasmota",
            T("Tasmota", "Tasmota"),
            ("mqtt",),
            ("tele/+/+", "stat/+/+"),
            ("tasmota",),
            T("Time，无时区，按 zone", "Time, which has no zone: zone says"),
            CONTENT,
            T("zone；switches：Switch1 接了什么", "zone; switches: what hangs on Switch1"),
            tasmota.decode,
            Example(
                "tele/pump-room/SENSOR",
                b'{"Time":"2026-01-05T12:00:00","Switch1":"ON","AM2301":{"Temperature":24.5,"Humidity":51},'
                b'"TempUnit":"C"}',
                {"water": "alarm", "temperature": 24.5, "humidity": 51.0},
                Site(switches={"pump-room": {"Switch1": "water"}}),
            ),
        ),
        Family(
            "frigate",
            T("Frigate 摄像分析", "Frigate camera events"),
            ("mqtt",),
            ("frigate/events", "frigate/+/status/+", "frigate/+/person"),
            ("frigate",),
            T("start_time / frame_time / end_time", "start_time / frame_time / end_time"),
            T("事件 id + 类型 + 时刻；id 是 episode", "event id + type + instant; the id is the episode"),
            T("zones：区域名开头 → 发现；crowds", "zones: how a zone's name begins → finding; crowds"),
            frigate.decode,
            Example(
                "frigate/events",
                b'{"type":"new","before":{"current_zones":[]},"after":{"id":"1767585600.5-k3x","camera":"gate-e",'
                b'"label":"car","start_time":1767585600.5,"end_time":null,"current_zones":["fire_lane_east"],'
                b'"entered_zones":["fire_lane_east"],"sub_label":null}}',
                {"camera": "lane_blocked"},
            ),
        ),
        Family(
            "own",
            T("本系统 MQTT", "Our own MQTT"),
            ("mqtt",),
            ("mg/+/+/+/state", "mg/+/+/+/event", "mg/+/+/+/health"),
            ("own",),
            T("ts：带时区或毫秒", "ts: with a zone, or milliseconds"),
            T("通道 + seq + ts", "channel + seq + ts"),
            NOTHING,
            own_mqtt.decode,
            Example(
                "mg/510108008003/51010800800300101/smk-0007/state",
                b'{"ts":"2026-01-05T12:00:00+08:00","seq":5,"q":"good","v":{"smoke":"normal","battery_pct":90}}',
                {"smoke": "normal"},
            ),
        ),
        Family(
            "replay",
            T("CSV / JSONL 回放", "CSV and JSONL rows"),
            ("file",),
            (),
            ("own",),
            T("时间列；无时区按 zone", "The time column; without a zone, zone says"),
            T("序号列，可无", "The key column, if there is one"),
            T("表头：时间,设备,状态,数值,单位", "A heading: time,device,state,value,unit"),
            replay.decode,
            Example(
                "readings.csv",
                "时间,设备,状态,数值,单位\n2026-01-05 12:00:00,smk-0007,报警,,\n".encode(),
                {"main": "alarm"},
            ),
        ),
    )
}


def decode(family: str, topic: str, payload: Payload, received_at: datetime, site: Site = PLAIN) -> Decoded:
    """By a family's name. Raises KeyError for a family we do not have, Undecodable for a message."""
    return FAMILIES[family].decode(topic, payload, received_at, site)
