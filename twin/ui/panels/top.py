"""The bar over everything: whose place this is, whether it is real, whether it is live, where to search."""

from dash import html
from dash.development.base_component import Component

from twin.spec import T
from twin.spec.text import Lang
from twin.ui.panels.elements import go, go_place

TWIN = T("数字孪生 · 工位", "Digital twin · desk")
NO_COMMUNITY = T("尚未建立社区", "No community yet")
SIMULATED = T("模拟", "Simulated")
SIMULATED_WHY = T("全部数据为模拟", "All data is simulated")
OTHER_LANG = T("EN", "中文")
OTHER_LANG_NAME = T("Switch to English", "切换到中文")
TO_OVERVIEW = T("回到全域", "Back to the overview")
SNAPSHOT = T("快照", "Snapshot")
SNAPSHOT_WHY = T(
    "生成可离线打开、可核验的快照文件", "Make a snapshot: one file that opens offline and can be verified"
)
CLOCK = T("服务器时间", "Server time")


def top_bar(name: str | None, name_en: str | None, demo: bool, lang: Lang) -> list[Component]:
    """Whose place it is, and whether it is real. Search box and live state beside it are the scripts'."""
    place = (name if lang == "zh" else name_en or name) or NO_COMMUNITY.in_(lang)
    badges = (
        [html.Span(SIMULATED.in_(lang), className="badge", title=SIMULATED_WHY.in_(lang))] if demo else []
    )
    home = html.Button(
        [html.Strong(place), html.Span(TWIN.in_(lang), className="dim")],
        type="button",
        className="home",
        title=TO_OVERVIEW.in_(lang),
        **go_place(None),
    )
    return [home, *badges]


def tail(lang: Lang) -> list[Component]:
    other: Lang = "en" if lang == "zh" else "zh"
    switch = html.Button(
        OTHER_LANG.in_(lang),
        type="button",
        className="lang",
        lang="en" if other == "en" else "zh-CN",
        title=OTHER_LANG_NAME.in_(lang),
        **{"aria-label": OTHER_LANG_NAME.in_(lang)},
        **go({"lang": other}),
    )
    snapshot = html.Button(
        SNAPSHOT.in_(lang),
        type="button",
        className="lang",
        title=SNAPSHOT_WHY.in_(lang),
        style={"padding": "0 .6rem"},
        **{"data-snapshot": "", "aria-busy": "false"},
    )
    clock = html.Span(className="clock", role="timer", **{"data-clock": "", "aria-label": CLOCK.in_(lang)})
    return [snapshot, switch, clock]
