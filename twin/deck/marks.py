"""Borders, dots, icons and the words beside them."""

import pyarrow as pa

from twin.deck.atlas import ATLAS, PLACE, mapping, sign_of
from twin.deck.colour import Palette, state_index
from twin.deck.geometry import borders, shapes_of
from twin.deck.part import GLASS, OVER, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, lighter, with_alpha
from twin.spec import Icons, Label, Outlines, Points

BORDER_LIFT_M = 0.4
LABEL_LIFT_M = 1.0
ICON_PX = 26


def outlines(
    layer_id: str,
    style: Outlines,
    rows: pa.Table,
    key: str,
    told: list[Row],
    palette: Palette,
    origin: Origin,
) -> Part:
    tones = state_index(palette, rows).tolist()
    ids = rows[key].to_pylist()
    shapes = shapes_of(rows["geom_wkb"])
    drawn: list[Row] = [
        {"id": str(row_id), "p": line, "c": palette.rgba[tone].tolist(), **says}
        for row_id, shape, tone, says in zip(ids, shapes, tones, told, strict=True)
        for line in borders(shape, BORDER_LIFT_M)
    ]
    return part(
        "PathLayer",
        f"{layer_id}/line",
        drawn,
        origin,
        get_path="p",
        get_color="c",
        get_width=style.width_m,
        width_units=literal("meters"),
        width_min_pixels=style.min_px,
        width_max_pixels=style.min_px * 3,
        joint_rounded=True,
        # One word: a list of words would be read as an accessor.
        **({"quiet": literal(" ".join(style.quiet))} if style.quiet else {}),
        parameters=GLASS,
        pickable=True,
    )


def points(
    layer_id: str,
    style: Points,
    rows: pa.Table,
    key: str,
    told: list[Row],
    palette: Palette,
    origin: Origin,
    theme: Theme,
) -> Part:
    tones = state_index(palette, rows).tolist()
    drawn = [
        {"id": str(row_id), "x": x, "y": y, "z": z, "c": palette.rgba[tone].tolist(), **says}
        for row_id, (x, y, z), tone, says in zip(
            rows[key].to_pylist(), places(rows), tones, told, strict=True
        )
        if x is not None and y is not None
    ]
    return part(
        "ScatterplotLayer",
        f"{layer_id}/point",
        drawn,
        origin,
        get_position="[x, y, z]",
        get_fill_color="c",
        get_radius=style.radius_m,
        radius_units=literal("meters"),
        radius_min_pixels=style.min_px,
        radius_max_pixels=style.min_px * 5,
        stroked=True,
        get_line_color=list(with_alpha(theme.background, 220)),
        line_width_units=literal("pixels"),
        get_line_width=1,
        billboard=True,
        parameters=OVER if style.over else {},
        pickable=True,
    )


def icons(
    layer_id: str, style: Icons, rows: pa.Table, key: str, told: list[Row], origin: Origin, theme: Theme
) -> list[Part]:
    """A dark disc and on it the category's sign from the atlas; both over the buildings, none is hidden."""
    names = [
        sign_of(style.icons[c][0] if c in style.icons else PLACE) for c in rows[style.column].to_pylist()
    ]
    drawn = [
        {"id": str(row_id), "x": x, "y": y, "z": z, "icon": name, **says}
        for row_id, (x, y, z), name, says in zip(
            rows[key].to_pylist(), places(rows), names, told, strict=True
        )
        if x is not None and y is not None
    ]
    disc = part(
        "ScatterplotLayer",
        f"{layer_id}/disc",
        drawn,
        origin,
        get_position="[x, y, z]",
        get_fill_color=list(with_alpha(lighter(theme.background, 0.08), 225)),
        get_line_color=list(with_alpha(style.rgb, 150)),
        get_radius=ICON_PX * style.size * 0.62,
        radius_units=literal("pixels"),
        stroked=True,
        line_width_units=literal("pixels"),
        get_line_width=1,
        billboard=True,
        parameters=OVER,
        pickable=True,
    )
    sign = part(
        "IconLayer",
        f"{layer_id}/icon",
        drawn,
        origin,
        icon_atlas=literal(ATLAS),
        icon_mapping=mapping(),
        get_icon="icon",
        get_position="[x, y, z]",
        get_color=list(style.rgb),
        get_size=ICON_PX * style.size * 0.8,
        size_units=literal("pixels"),
        billboard=True,
        parameters=OVER,
        pickable=False,
    )
    return [disc, sign]


def labels(
    layer_id: str,
    label: Label,
    rows: pa.Table,
    key: str,
    told: list[Row],
    origin: Origin,
    theme: Theme,
    z_m: float | None = None,
) -> Part:
    """Texts for the page to place: size in px when 1 rem is 16 px, lower ranks win."""
    size = round(theme.label_px * label.scale, 1)
    east, north = label.at
    names = (key, label.column, east, north)
    angles = rows[label.angle].to_pylist() if label.angle else [0.0] * rows.num_rows
    tops = rows["height_m"].to_pylist() if "height_m" in rows.column_names else [0.0] * rows.num_rows
    drawn: list[Row] = []
    for row_id, text, x, y, angle, top, says in zip(
        *(rows[name].to_pylist() for name in names), angles, tops, told, strict=True
    ):
        if not text or x is None or y is None:
            continue
        drawn.append(
            {
                "id": str(row_id),
                "text": str(text),
                "x": round(x, 2),
                "y": round(y, 2),
                "z": round((top or 0.0) + LABEL_LIFT_M, 2),
                "size": size,
                "angle": round(angle or 0.0, 1),
                "weight": label.weight,
                "rank": label.rank,
                **says,
            }
        )
    return part(
        "TextLayer",
        f"{layer_id}/label",
        drawn,
        origin,
        get_text="text",
        get_position="[x, y, z]",
        get_size="size",
        size_units=literal("pixels"),
        get_color=list(label.rgb),
        outline_width=2,
        outline_color=list(with_alpha(theme.background, 235)),
        font_settings={"sdf": True},
        billboard=True,
        parameters=OVER,
        pickable=True,
        min_zoom=label.min_zoom,
    )


def places(rows: pa.Table) -> list[tuple[float | None, float | None, float]]:
    heights = rows["z_m"].to_pylist() if "z_m" in rows.column_names else [0.0] * rows.num_rows
    spots = zip(rows["x_m"].to_pylist(), rows["y_m"].to_pylist(), heights, strict=True)
    return [(_cm(x), _cm(y), _cm(z) or 0.0) for x, y, z in spots]


def _cm(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
