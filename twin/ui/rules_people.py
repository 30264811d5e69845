"""The rules of `twin check` about residents, care, kitchens, cameras and ways."""

from twin.ui.rules import Rule

PEOPLE_RULES = (
    Rule(
        "every household lives in one unit",
        "SELECT count(*) AS n FROM household",
        """SELECT h.id FROM household h ANTI JOIN unit u ON u.community12 = h.community12 AND u.id = h.unit_id
           UNION
           SELECT h.id FROM household h JOIN occupancy o
             ON o.community12 = h.community12 AND o.household_id = h.id AND o.valid_to IS NULL
           WHERE o.unit_id <> h.unit_id
           UNION
           SELECT min(id) AS id FROM household GROUP BY community12, household_no HAVING count(*) > 1""",
        "mend the household's number or its address",
    ),
    Rule(
        "every household has one head",
        "SELECT count(*) AS n FROM household",
        """SELECT h.id FROM household h LEFT JOIN occupancy o
             ON o.community12 = h.community12 AND o.household_id = h.id
             AND o.kinship = 'head' AND o.valid_to IS NULL
           GROUP BY h.community12, h.id HAVING count(o.id) <> 1""",
        "say who is the head",
    ),
    Rule(
        "every occupied dwelling has a household",
        """SELECT count(*) AS n FROM unit WHERE use = 'dwelling' AND state IN ('occupied', 'rented')
           AND EXISTS (FROM household)""",
        """SELECT u.id FROM unit u ANTI JOIN household h
             ON h.community12 = u.community12 AND h.unit_id = u.id
           WHERE u.use = 'dwelling' AND u.state IN ('occupied', 'rented')""",
        "add its residents, or say that it is vacant",
    ),
    Rule(
        "no vacant dwelling has a household",
        "SELECT count(*) AS n FROM unit WHERE use = 'dwelling' AND state = 'vacant'",
        """SELECT u.id FROM unit u SEMI JOIN household h
             ON h.community12 = u.community12 AND h.unit_id = u.id
           WHERE u.use = 'dwelling' AND u.state = 'vacant'""",
        "mend the unit's state",
    ),
    Rule(
        "everybody who lives somewhere is a person we know, in a unit that exists",
        "SELECT count(*) AS n FROM occupancy",
        """SELECT o.id FROM occupancy o
           LEFT JOIN person p ON p.community12 = o.community12 AND p.person_id = o.person_id
           LEFT JOIN unit u ON u.community12 = o.community12 AND u.id = o.unit_id
           WHERE p.person_id IS NULL OR u.id IS NULL""",
        "import the residents again",
    ),
    Rule(
        "a steward answers for 50 to 100 residents",
        """SELECT count(*) AS n FROM grid WHERE tier = 3 AND kind = 'residential'
           AND EXISTS (FROM occupancy)""",
        """SELECT g.name || ': ' || round(r.residents / s.stewards)::INTEGER AS id
           FROM grid g
           JOIN (SELECT community12, grid_id, count(*) AS stewards FROM staff
                 WHERE role = 'steward' AND valid_to IS NULL GROUP BY ALL) s
             ON s.community12 = g.community12 AND s.grid_id = g.id
           JOIN (SELECT e.community12, e.micro_grid_id, count(DISTINCT o.person_id) AS residents
                 FROM occupancy o
                 JOIN unit u ON u.community12 = o.community12 AND u.id = o.unit_id
                 JOIN entrance e ON e.community12 = u.community12 AND e.id = u.entrance_id
                 WHERE o.household_id IS NOT NULL AND o.valid_to IS NULL GROUP BY ALL) r
             ON r.community12 = g.community12 AND r.micro_grid_id = g.id
           WHERE g.tier = 3 AND g.kind = 'residential'
             AND r.residents / s.stewards NOT BETWEEN 50 AND 100
           ORDER BY g.name""",
        "appoint another steward, or join micro grids",
        is_note=True,
    ),
    Rule(
        "a grid's households are those of its parts",
        "SELECT count(DISTINCT parent_id) AS n FROM grid WHERE parent_id IS NOT NULL",
        """SELECT g.name AS id FROM grid g JOIN grid p
             ON p.community12 = g.community12 AND p.parent_id = g.id AND p.valid_to IS NULL
           WHERE g.valid_to IS NULL
           GROUP BY g.community12, g.id, g.name, g.households HAVING sum(p.households) <> g.households""",
        "count the households again",
    ),
    Rule(
        "everybody who is cared for lives where the profile says",
        "SELECT count(*) AS n FROM care_profile WHERE valid_to IS NULL",
        """SELECT c.id FROM care_profile c ANTI JOIN occupancy o
             ON o.community12 = c.community12 AND o.person_id = c.person_id AND o.unit_id = c.unit_id
             AND o.household_id IS NOT NULL AND o.valid_to IS NULL
           WHERE c.valid_to IS NULL""",
        "mend the address of the profile",
    ),
    Rule(
        "every level of care belongs to a scheme",
        "SELECT count(*) AS n FROM care_profile WHERE valid_to IS NULL",
        """SELECT c.id FROM care_profile c ANTI JOIN care_level l
             ON l.community12 = c.community12 AND l.scheme = c.scheme AND l.level = c.level
           WHERE c.valid_to IS NULL""",
        "use a level of the scheme, or add it there",
    ),
    Rule(
        "every restaurant's monitor exists and is its own",
        "SELECT count(*) AS n FROM restaurant WHERE device_id IS NOT NULL",
        """SELECT r.id FROM restaurant r ANTI JOIN device d
             ON d.community12 = r.community12 AND d.id = r.device_id AND d.kind = 'fume_monitor'
           WHERE r.device_id IS NOT NULL
           UNION
           SELECT min(id) AS id FROM restaurant WHERE device_id IS NOT NULL
           GROUP BY community12, device_id HAVING count(*) > 1""",
        "mend the monitor's number in the list of restaurants",
    ),
    Rule(
        "every camera is a device, and the lane it watches exists",
        "SELECT count(*) AS n FROM camera",
        """SELECT c.id FROM camera c
           LEFT JOIN device d ON d.community12 = c.community12 AND d.id = c.id AND d.kind = 'camera'
           LEFT JOIN lane l ON l.community12 = c.community12 AND l.id = c.lane_id
           WHERE d.id IS NULL OR (c.lane_id IS NOT NULL AND l.id IS NULL)""",
        "mend the camera's number or its lane",
    ),
    Rule(
        "a fire lane is at least 4 m wide",
        "SELECT count(*) AS n FROM lane WHERE kind = 'fire_lane'",
        "SELECT name AS id FROM lane WHERE kind = 'fire_lane' AND width_m < 4",
        "measure again; a narrower way is no fire lane (GB 50016)",
    ),
    Rule(
        "every way of the street graph joins two nodes",
        "SELECT count(*) AS n FROM street_edge",
        """SELECT e.id FROM street_edge e
           LEFT JOIN street_node a ON a.community12 = e.community12 AND a.id = e.from_node
           LEFT JOIN street_node b ON b.community12 = e.community12 AND b.id = e.to_node
           WHERE a.id IS NULL OR b.id IS NULL""",
        "draw the way again",
    ),
)
