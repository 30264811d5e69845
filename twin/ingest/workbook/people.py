"""The sheets that name people, as data; what names them is sealed with each person's own secret."""

from dataclasses import replace

from twin.ingest.workbook import words
from twin.ingest.workbook.fields import (
    VALID_FROM,
    Field,
    Sheet,
    choice,
    day,
    ident,
    personal,
    ref,
    required,
    text,
)
from twin.model.care import SCHEME

PERSON = (
    required(personal(text("name", "姓名", column="identity.name", most=60))),
    personal(choice("sex", "性别", words.SEXES, column="identity.sex")),
    personal(day("born", "出生日期", "identity.born", "留空时取自身份证号")),
    personal(Field("id_no", "身份证号", "id_no", "identity.id_no", "18 位，单元格设为文本")),
    personal(Field("phone", "电话", "phone", "identity.phone", "手机 11 位，或带区号的座机")),
)


def _staff(no_help: str, *first: Field) -> tuple[Field, ...]:
    return (
        ident(no_help, "no", column="id"),
        *first,
        *PERSON,
        ref("grid", "网格编号", "grids", "grid_id"),
        replace(choice("travel_mode", "出行方式", words.TRAVEL), default="foot"),
        VALID_FROM,
    )


STAFF = Sheet(
    "staff",
    "队伍",
    "staff",
    _staff(
        "人员的编号",
        required(choice("role", "岗位", words.ROLES)),
    ),
    "专职网格员与微网格员",
    persons="staff",
)

VOLUNTEERS = Sheet(
    "volunteers",
    "志愿者",
    "staff",
    _staff("志愿者的编号"),
    "志愿者",
    persons="staff",
    constants={"role": "volunteer"},
)

RESIDENTS = Sheet(
    "residents",
    "居民",
    "occupancy",
    (
        ident("居民的编号，不是身份证号", "no", column="identity.no"),
        *PERSON,
        text("household_no", "户号", "同住一户的人相同"),
        required(personal(ref("unit", "户室编号", "units", "unit_id"))),
        required(choice("kinship", "与户主关系", words.KINSHIP)),
        required(choice("tenure", "居住性质", words.TENURE)),
        choice("hukou_match", "人户一致", words.HUKOU),
        replace(VALID_FROM, zh="入住日期"),
    ),
    "每人一行，住在哪一户",
    persons="resident",
)

CARE = Sheet(
    "care",
    "关爱",
    "care_profile",
    (
        personal(
            replace(
                ident("「居民」表里的编号", "no", "居民编号", column="identity.no"),
                kind="ref",
                ref="residents",
            )
        ),
        replace(text("scheme", "方案"), default=SCHEME),
        required(choice("level", "级别", words.LEVELS)),
        personal(text("categories", "类别", "以、分隔，如 独居、失能", column="detail.categories")),
        day("assessed_on", "评估日期", "assessed_at"),
        VALID_FROM,
    ),
    "关爱对象与级别",
)
