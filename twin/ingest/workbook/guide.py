"""The help sheet 说明 and the table of the documents, both from the sheets themselves."""

from collections.abc import Iterator, Sequence

from twin.ingest.workbook.book import Cell, Info
from twin.ingest.workbook.fields import Field
from twin.ingest.workbook.sheets import SHEETS

KINDS = {
    "text": "文字",
    "int": "整数",
    "number": "数",
    "date": "日期 年-月-日",
    "bool": "是／否",
    "choice": "选项",
    "lon": "数",
    "lat": "数",
    "geometry": "WKT",
    "crs": "选项",
    "phone": "文字",
    "id_no": "文字",
}


def guide_rows(info: Info) -> Iterator[Sequence[Cell]]:
    """What the whole workbook is, then every column of every sheet."""
    yield ["社区代码", info.community12, "community12"]
    yield ["坐标系", info.crs, "crs: cgcs2000, wgs84, gcj02, bd09"]
    yield ["已脱敏", "是" if info.masked else "否", "masked"]
    yield ["演示数据", "是" if info.demo else "否", "demo"]
    yield []
    yield ["工作表", "列", "英文名", "必填", "填写", "说明"]
    for sheet in SHEETS.values():
        yield [sheet.zh, None, sheet.key, None, None, sheet.help]
        for field in sheet.fields:
            must = "是" if field.required else None
            yield [sheet.zh, field.zh, field.key, must, kind_words(field), field.help or None]


def kind_words(field: Field) -> str:
    if field.kind == "ref":
        return f"「{SHEETS[field.ref].zh}」里的编号"
    if field.choices:
        words = "、".join(choice.zh for choice in field.choices)
        return f"{words}；也可写其他" if field.is_open else words
    return KINDS[field.kind]


def docs_table() -> str:
    """Every sheet and column as Markdown; docs/workbook.md holds exactly this."""
    lines = []
    for sheet in SHEETS.values():
        lines += [f"### {sheet.zh} `{sheet.key}`", "", f"{sheet.help}。", ""]
        lines += ["| 列 | key | 必填 | 填写 | 说明 |", "|---|---|---|---|---|"]
        for field in sheet.fields:
            must = "是" if field.required else ""
            lines.append(f"| {field.zh} | `{field.key}` | {must} | {kind_words(field)} | {field.help} |")
        lines.append("")
    return "\n".join(lines).rstrip()
