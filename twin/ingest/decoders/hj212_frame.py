"""HJ 212-2017 frames: ## + length + segment + CRC + CRLF, out of a stream of bytes and back into one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from twin.model.readings import Undecodable

HEAD = b"##"
# The standard says 1,024; field devices send more, and four digits could say 9,999.
SEGMENT_MAX = 4_096
LENGTH, CRC = 4, 4
CHECKSUM = re.compile(rb"[0-9A-Fa-f]{4}")
ACK_WANTED = 1
# Two signs of noise, not the beginning of a frame: counted, not told.
NO_LENGTH = "no length follows"
DATA_ACK = "9014"


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole segment whose checksum is right."""

    segment: bytes


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What began like a frame and is none."""

    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """A segment by its fields; the password stays out of what is printed."""

    cn: str
    mn: str
    body: Mapping[str, Mapping[str, str]]
    doubled: tuple[str, ...] = ()
    qn: str | None = None
    st: str | None = None
    flag: int | None = None
    packet: str | None = None
    password: str = field(default="", repr=False)

    @property
    def wants_reply(self) -> bool:
        return bool((self.flag or 0) & ACK_WANTED)


def _shifted(register: int) -> int:
    for _ in range(8):
        register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


# The standard's own (annex A) and no common CRC-16: the register's low byte is dropped before each byte comes
# in, so a step depends on eight bits only.
STEPS = tuple(_shifted(byte) for byte in range(256))


def crc16(segment: bytes) -> int:
    register = 0xFFFF
    for byte in segment:
        register = STEPS[(register >> 8) ^ byte]
    return register


def build(segment: bytes) -> bytes:
    """A frame as it goes over the wire."""
    if not 0 < len(segment) <= SEGMENT_MAX:
        raise ValueError(f"a segment has 1 to {SEGMENT_MAX} bytes")
    return b"##%04d%s%04X\r\n" % (len(segment), segment, crc16(segment))


class Framer:
    """Holds what of a stream is no whole frame yet; however it is split, the same frames come out."""

    def __init__(self, segment_max: int = SEGMENT_MAX) -> None:
        self._segment_max = segment_max
        self._held = bytearray()
        self.skipped = 0

    @property
    def held_bytes(self) -> int:
        return len(self._held)

    def feed(self, chunk: bytes) -> list[Frame | Spoilt]:
        self._held += chunk
        found: list[Frame | Spoilt] = []
        while True:
            start = self._held.find(HEAD)
            if start < 0:
                self._drop(len(self._held) - (1 if self._held.endswith(b"#") else 0))
                return found
            self._drop(start)
            it = self._one()
            if it is None:
                return found
            if isinstance(it, Frame) or it.reason != NO_LENGTH:
                found.append(it)

    def _one(self) -> Frame | Spoilt | None:
        """The frame the held bytes begin with; None until more of it is here."""
        begin = len(HEAD) + LENGTH
        if len(self._held) < begin:
            return None
        digits = bytes(self._held[len(HEAD) : begin])
        if not digits.isdigit():
            return self._spoilt(begin, NO_LENGTH)
        size = int(digits)
        if not 0 < size <= self._segment_max:
            return self._spoilt(begin, f"no segment has {size} bytes here")
        end = begin + size + CRC
        if len(self._held) < end:
            return None
        segment, said = bytes(self._held[begin : begin + size]), bytes(self._held[begin + size : end])
        if not CHECKSUM.fullmatch(said) or int(said, 16) != crc16(segment):
            return self._spoilt(end, "the checksum is wrong")
        del self._held[:end]
        return Frame(segment)

    def _spoilt(self, end: int, reason: str) -> Spoilt:
        """Only the first sign goes: where the length was wrong, the next frame begins inside of this one."""
        raw = bytes(self._held[:end])
        del self._held[:1]
        self.skipped += 1
        return Spoilt(raw, reason)

    def _drop(self, count: int) -> None:
        self.skipped += sum(byte not in b"\r\n" for byte in self._held[:count])
        del self._held[:count]


def only_frame(payload: bytes) -> Frame:
    """The one frame of a payload that is nothing else. Raises Undecodable."""
    framer = Framer()
    found = framer.feed(payload)
    match found:
        case [Frame() as frame] if framer.skipped == 0 and len(payload) <= len(build(frame.segment)):
            return frame
        case [Spoilt(reason=reason), *_]:
            raise Undecodable(reason, "send ##, four digits, the segment, its CRC16 as four hex digits")
        case _:
            raise Undecodable("this is not one whole HJ 212 frame", "send ## + length + segment + CRC + CRLF")


def parse(segment: bytes) -> Message:
    """Raises Undecodable."""
    text = segment.decode("gb18030", "replace")
    head_text, between, rest = text.partition("CP=&&")
    head = dict(pair.split("=", 1) for pair in head_text.split(";") if "=" in pair)
    cn, mn = head.get("CN", ""), head.get("MN", "")
    if not between or not re.fullmatch(r"\d{4}", cn, re.ASCII):
        raise Undecodable("the segment names no command", "send CN=dddd and CP=&&…&&")
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", mn):
        raise Undecodable("the segment names no station", "send MN= of letters and digits")
    body, doubled = _body(rest.rpartition("&&")[0] if "&&" in rest else rest)
    flag = head.get("Flag", "")
    packet = "/".join(filter(None, (head.get("PNO"), head.get("PNUM")))) or None
    return Message(
        cn,
        mn,
        body,
        doubled,
        head.get("QN"),
        head.get("ST"),
        int(flag) if re.fullmatch(r"\d{1,3}", flag, re.ASCII) else None,
        packet,
        head.get("PW", ""),
    )


def reply(message: Message) -> bytes | None:
    """The acknowledgement a device asked for with Flag bit 0, to be sent after the commit; else None."""
    if not message.wants_reply:
        return None
    version = (message.flag or 0) & ~0b11
    qn = f"QN={message.qn};" if message.qn else ""
    said = f"{qn}ST=91;CN={DATA_ACK};PW={message.password};MN={message.mn};Flag={version};CP=&&&&"
    return build(said.encode("gb18030", "replace"))


def _body(text: str) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """By factor, then by what is said of it: a34041-Rtd=1.2 is body["a34041"]["Rtd"]; a plain name has ""."""
    body: dict[str, dict[str, str]] = {}
    doubled: list[str] = []
    for pair in re.split(r"[;,]", text):
        name, equals, value = pair.strip().partition("=")
        if not name or not equals:
            if pair.strip():
                doubled.append(pair.strip())
            continue
        factor, _, kind = name.partition("-")
        if kind in body.setdefault(factor, {}):
            doubled.append(pair.strip())
        else:
            body[factor][kind] = value.strip()
    return body, tuple(doubled)
