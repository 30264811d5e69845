"""The rules of `twin check` that one query can hold: places, grids and devices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """
    `faults` selects the ids that break the rule, `of` counts what it was held against.
    What breaks a note's rule is listed, no fault: people decide about it.
    """

    name: str
    of: str
    faults: str
    remedy: str
    is_note: bool = False


PLACE_RULES = (
    Rule(
        "every building has as many storeys as it says",
        "SELECT count(*) AS n FROM building",
        """SELECT b.id FROM building b
           LEFT JOIN storey s ON s.community12 = b.community12 AND s.building_id = b.id
           GROUP BY b.id, b.storeys_above, b.storeys_below
           HAVING count(s.ordinal) <> b.storeys_above + b.storeys_below""",
        "import the buildings again",
    ),
    Rule(
        "every unit lies on a storey of its building",
        "SELECT count(*) AS n FROM unit",
        """SELECT u.id FROM unit u ANTI JOIN storey s
           ON s.community12 = u.community12 AND s.building_id = u.building_id
           AND s.ordinal = u.storey_ordinal""",
        "mend the unit's storey in the source and import again",
    ),
    Rule(
        "every unit belongs to an entrance of its building",
        "SELECT count(*) AS n FROM unit",
        """SELECT u.id FROM unit u ANTI JOIN entrance e
           ON e.community12 = u.community12 AND e.id = u.entrance_id AND e.building_id = u.building_id""",
        "mend the unit's entrance in the source and import again",
    ),
    Rule(
        "an address names one unit",
        "SELECT count(*) AS n FROM unit",
        """SELECT min(id) AS id FROM unit
           GROUP BY community12, building_id, entrance_id, room HAVING count(*) > 1""",
        "give the units different room numbers",
    ),
    Rule(
        "a storey of an entrance has 2 to 8 dwellings",
        """SELECT count(*) AS n FROM
           (SELECT DISTINCT entrance_id, storey_ordinal FROM unit WHERE use = 'dwelling')""",
        """SELECT entrance_id || ' ' || storey_ordinal AS id FROM unit WHERE use = 'dwelling'
           GROUP BY community12, entrance_id, storey_ordinal HAVING count(*) NOT BETWEEN 2 AND 8""",
        "look at the list of units of that storey",
    ),
    Rule(
        "every entrance with dwellings belongs to a micro grid",
        "SELECT count(DISTINCT entrance_id) AS n FROM unit WHERE use = 'dwelling'",
        """SELECT DISTINCT e.id FROM unit u
           JOIN entrance e ON e.community12 = u.community12 AND e.id = u.entrance_id
           ANTI JOIN grid g ON g.community12 = e.community12 AND g.id = e.micro_grid_id AND g.tier = 3
           WHERE u.use = 'dwelling'""",
        "assign the entrance to a micro grid",
    ),
    Rule(
        "a residential micro grid has 30 to 100 households",
        "SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'",
        """SELECT name AS id FROM grid WHERE tier = 3 AND kind = 'residential'
           AND households NOT BETWEEN 30 AND 100""",
        "split or join micro grids",
    ),
    Rule(
        "a micro grid's households are its entrances' dwellings",
        "SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'",
        """SELECT g.name AS id FROM grid g LEFT JOIN entrance e
             ON e.community12 = g.community12 AND e.micro_grid_id = g.id
           LEFT JOIN unit u
             ON u.community12 = e.community12 AND u.entrance_id = e.id AND u.use = 'dwelling'
           WHERE g.tier = 3 AND g.kind = 'residential'
           GROUP BY g.id, g.name, g.households HAVING count(u.id) <> g.households""",
        "count the households again",
    ),
    Rule(
        "every micro grid has a steward",
        "SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'",
        """SELECT g.name AS id FROM grid g ANTI JOIN staff s
           ON s.community12 = g.community12 AND s.grid_id = g.id AND s.role = 'steward' AND s.valid_to IS NULL
           WHERE g.tier = 3 AND g.kind = 'residential'""",
        "appoint a steward",
    ),
    Rule(
        "every device stands in a place that exists",
        "SELECT count(*) AS n FROM device WHERE building_id IS NOT NULL",
        """SELECT d.id FROM device d
           LEFT JOIN building b ON b.community12 = d.community12 AND b.id = d.building_id
           LEFT JOIN unit u ON u.community12 = d.community12 AND u.id = d.unit_id
           WHERE d.building_id IS NOT NULL AND (b.id IS NULL OR (d.unit_id IS NOT NULL AND u.id IS NULL))""",
        "mend the device's place",
    ),
    Rule(
        "a device in a home is never public",
        "SELECT count(*) AS n FROM device WHERE unit_id IS NOT NULL",
        """SELECT d.id FROM device d JOIN unit u ON u.community12 = d.community12 AND u.id = d.unit_id
           WHERE d.is_public AND u.use = 'dwelling'""",
        "set is_public to false",
    ),
    Rule(
        "every person has a sealed identity",
        "SELECT count(*) AS n FROM person",
        "SELECT person_id AS id FROM person WHERE octet_length(identity_enc) < 29",
        "import the person again",
    ),
)
