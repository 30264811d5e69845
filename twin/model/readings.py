"""What a decoder makes of a message, before anybody has asked whose device it is."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

from twin.spec import T

Health = Literal["ok", "low_batt", "fault", "tamper", "maintenance"]
Quality = Literal["good", "uncertain", "bad"]
MeanOver = Literal["minutes", "hour", "day"]

# The worst first: a message that tells of several is filed under the worst, the others are noted.
HEALTHS: Mapping[Health, T] = {
    "fault": T("故障", "Fault"),
    "tamper": T("被拆动", "Tampered with"),
    "low_batt": T("电量低", "Low battery"),
    "maintenance": T("维护中", "In maintenance"),
    "ok": T("正常", "In order"),
}
SCHEMES: Mapping[str, T] = {
    "own": T("本系统设备编号", "Our own device id"),
    "ieee": T("Zigbee IEEE 地址", "Zigbee IEEE address"),
    "z2m": T("Zigbee2MQTT 名称", "Zigbee2MQTT friendly name"),
    "dev_eui": T("LoRaWAN DevEUI", "LoRaWAN DevEUI"),
    "hj212_mn": T("HJ 212 设备唯一标识 MN", "HJ 212 station number MN"),
    "imei": T("移动终端 IMEI", "IMEI of the modem"),
    "vendor": T("厂商设备编号", "The vendor's device id"),
    "ha": T("Home Assistant 设备标识", "Home Assistant device identifier"),
    "tasmota": T("Tasmota 主题名", "Tasmota topic"),
    "frigate": T("Frigate 摄像机名", "Frigate camera"),
    "matter": T("Matter 节点", "Matter node"),
    "gb28181": T("GB/T 28181 编码", "GB/T 28181 id"),
}
STATES: Mapping[str, T] = {
    "normal": T("正常", "Normal"),
    "alarm": T("报警", "Alarm"),
    "test": T("测试", "Test"),
    "open": T("打开", "Open"),
    "closed": T("关闭", "Closed"),
    "motion": T("有人活动", "Motion"),
    "no_motion": T("无人活动", "No motion"),
    "on": T("开启", "On"),
    "off": T("停止", "Off"),
    "online": T("在线", "Online"),
    "offline": T("离线", "Offline"),
    "occupied": T("占用", "Occupied"),
    "free": T("空闲", "Free"),
    "lane_blocked": T("消防通道被占", "Fire lane blocked"),
    "crowding": T("人员聚集", "Crowding"),
    "ebike_indoor": T("电动自行车进楼", "E-bike indoors"),
    "well": T("回答安好", "Answered: well"),
    "unwell": T("回答不适", "Answered: unwell"),
    "no_answer": T("未应答", "No answer"),
    "reminded": T("已提醒", "Reminded"),
}


@dataclass(frozen=True, slots=True)
class Property:
    """What is observed: the states it can be in, the UCUM unit its values have (None: it has no values)."""

    id: str
    title: T
    states: tuple[str, ...] = ()
    unit: str | None = None


_ALARM = ("normal", "alarm", "test")
PROPERTIES: Mapping[str, Property] = {
    it.id: it
    for it in (
        Property("smoke", T("烟雾", "Smoke"), _ALARM, "%"),
        Property("co", T("一氧化碳", "Carbon monoxide"), _ALARM, "[ppm]"),
        Property("gas", T("燃气", "Combustible gas"), _ALARM, "%{LEL}"),
        Property("water", T("水浸", "Water leak"), _ALARM, "m"),
        Property("sos_button", T("一键报警", "SOS button"), _ALARM),
        Property("door_contact", T("门磁", "Door contact"), ("open", "closed")),
        Property("pir", T("人体活动", "Motion"), ("motion", "no_motion")),
        Property(
            "voice_care_panel",
            T("语音照护", "Voice care"),
            (*_ALARM, "well", "unwell", "no_answer", "reminded"),
        ),
        Property("fume", T("油烟浓度", "Oil fume"), ("normal", "alarm"), "mg/m3"),
        Property("nmhc", T("非甲烷总烃", "Non-methane hydrocarbons"), (), "mg/m3"),
        Property("fan", T("风机", "Fan"), ("on", "off", "alarm"), "A"),
        Property("purifier", T("净化器", "Purifier"), ("on", "off", "alarm"), "A"),
        Property("valve", T("阀门", "Valve"), ("open", "closed")),
        Property("relay", T("开关", "Switch"), ("on", "off")),
        Property(
            "camera", T("摄像巡查", "Camera"), ("normal", "lane_blocked", "crowding", "ebike_indoor"), "1"
        ),
        Property("parking", T("车位", "Parking space"), ("occupied", "free"), "1"),
        Property("link", T("通信", "Connection"), ("online", "offline")),
        Property("temperature", T("温度", "Temperature"), (), "Cel"),
        Property("humidity", T("相对湿度", "Relative humidity"), (), "%"),
        Property("pressure", T("气压", "Air pressure"), (), "hPa"),
        Property("illuminance", T("照度", "Illuminance"), (), "lx"),
        Property("co2", T("二氧化碳", "Carbon dioxide"), (), "[ppm]"),
        Property("hcho", T("甲醛", "Formaldehyde"), (), "mg/m3"),
        Property("pm25", T("PM2.5", "PM2.5"), (), "ug/m3"),
        Property("pm10", T("PM10", "PM10"), (), "ug/m3"),
        Property("tsp", T("总悬浮颗粒物", "Total suspended particles"), (), "ug/m3"),
        Property("noise", T("噪声（A 计权）", "Noise, A-weighted"), (), "dB[SPL]"),
        Property("wind_speed", T("风速", "Wind speed"), (), "m/s"),
        Property("wind_direction", T("风向", "Wind direction"), (), "deg"),
        Property("battery", T("电量", "Battery"), (), "%"),
        Property("voltage", T("电压", "Voltage"), (), "V"),
        Property("current", T("电流", "Current"), (), "A"),
        Property("power", T("功率", "Power"), (), "W"),
        Property("energy", T("电能", "Energy"), (), "kW.h"),
        Property("health", T("设备状况", "The device's own health"), ()),
        # The sender names no property: it means the one the device is there for.
        Property("main", T("主读数", "What the device is there for"), tuple(STATES)),
    )
}
KEY_MAX = 128
_EXTERNAL = re.compile(r"[^\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One property of one device. `state` None: nothing is said of it; `happened_at` None: the door's.

    `key` is the sender's own number of it, unique within the device. `episode` is what the sender calls one
    happening from its start to its end. `mean_over` is set where the value is a mean from `happened_at` on.
    Raises ValueError where it could not be stored.
    """

    scheme: str
    external_id: str
    property: str
    state: str | None = None
    value: float | None = None
    unit: str | None = None
    happened_at: datetime | None = None
    key: str | None = None
    health: Health | None = None
    battery_pct: float | None = None
    is_test: bool = False
    quality: Quality = "good"
    mean_over: MeanOver | None = None
    episode: str | None = None

    def __post_init__(self) -> None:
        about = PROPERTIES.get(self.property)
        if self.scheme not in SCHEMES or about is None or not _EXTERNAL.fullmatch(self.external_id):
            raise ValueError(f"no reading: {self.scheme} {self.external_id!r} {self.property}")
        if self.state is not None and self.state not in about.states:
            raise ValueError(f"{self.property} is never {self.state!r}")
        if self.value is not None and (not math.isfinite(self.value) or self.unit is None):
            raise ValueError(f"{self.property}: a value is finite and has a unit")
        if self.happened_at is not None and self.happened_at.tzinfo is None:
            raise ValueError("a time has a zone")
        if self.battery_pct is not None and not 0 <= self.battery_pct <= 100:
            raise ValueError(f"battery {self.battery_pct} %")

    def feed_key(self) -> str | None:
        """The key among all devices of a feed; None where the sender gives none: its content must count."""
        if self.key is None:
            return None
        said = f"{self.scheme}:{self.external_id}:{self.property}:{self.mean_over or ''}:{self.key}"
        if len(said) <= KEY_MAX:
            return said
        return (
            f"{self.scheme}#{blake2b(said.encode('utf-8', 'backslashreplace'), digest_size=16).hexdigest()}"
        )


@dataclass(frozen=True, slots=True)
class Note:
    """Something a message tells that is no reading: a gateway's word, a minimum beside a mean."""

    about: str
    said: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A part of a message that was not taken, and why; `raw` is what it said, empty where it names people."""

    field: str
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message taken apart: every part of it is a reading, a note or a remark."""

    readings: tuple[Reading, ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Undecodable(Exception):
    """Nothing of the message can be read: why, and what its sender or we can do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy
