"""Writes a small OpenStreetMap PBF: nodes, closed ways and multipolygon relations with tags."""

import struct
import zlib


def _varint(value):
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def _zigzag(value):
    return _varint((value << 1) ^ (value >> 63) if value >= 0 else ((-value) << 1) - 1)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _signed(field, value):
    return _varint(field << 3) + _zigzag(value)


def _bytes(field, value):
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _packed(field, values, encode=_varint):
    return _bytes(field, b"".join(encode(value) for value in values))


def _deltas(values):
    return [value - before for before, value in zip([0, *values], values, strict=False)]


def _blob(kind, block):
    blob = _number(2, len(block)) + _bytes(3, zlib.compress(block))
    header = _bytes(1, kind) + _number(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


class Extract:
    """Collects ways (rings of lon, lat) and relations, then writes them."""

    def __init__(self):
        self._words, self._nodes, self._ways, self._relations = [b""], [], [], []

    def _word(self, text):
        raw = text.encode()
        if raw not in self._words:
            self._words.append(raw)
        return self._words.index(raw)

    def _tags(self, tags):
        keys, values = ([self._word(word) for word in words] for words in (tags, tags.values()))
        return (_packed(2, keys) + _packed(3, values)) if tags else b""

    def way(self, ring, **tags):
        refs = []
        for lon, lat in ring[:-1]:
            number = len(self._nodes) + 1
            refs.append(number)
            place = _signed(8, round(lat * 1e7)) + _signed(9, round(lon * 1e7))
            self._nodes.append(_signed(1, number) + place)
        number = len(self._ways) + 101
        body = _number(1, number) + self._tags(tags) + _packed(8, _deltas([*refs, refs[0]]), _zigzag)
        self._ways.append(body)
        return number

    def multipolygon(self, outer, inner, **tags):
        members = [(way, "outer") for way in outer] + [(way, "inner") for way in inner]
        body = _number(1, len(self._relations) + 901) + self._tags({"type": "multipolygon", **tags})
        body += _packed(8, [self._word(role) for _, role in members])
        body += _packed(9, _deltas([way for way, _ in members]), _zigzag)
        body += _packed(10, [1] * len(members))
        self._relations.append(body)

    def write(self, path):
        groups = [
            b"".join(_bytes(field, each) for each in items)
            for field, items in ((1, self._nodes), (3, self._ways), (4, self._relations))
            if items
        ]
        table = b"".join(_bytes(1, word) for word in self._words)
        block = _bytes(1, table) + b"".join(_bytes(2, group) for group in groups) + _number(17, 100)
        header = _bytes(4, b"OsmSchema-V0.6")
        path.write_bytes(_blob(b"OSMHeader", header) + _blob(b"OSMData", block))
