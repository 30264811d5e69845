-- Residents and recipients of care, as counts only: no relation gives a person, and none gives a home its level.
-- The wall gets a micro grid's counts only from 5 households on. Of care, a count of 1 to 4 in a place below the
-- community is told to nobody as a number ("<5"). Where it is the only such one among its neighbours, the next
-- larger one is told as "5+": else the sum over all of them would give the hidden one away.

-- The micro and the general grid of every unit, by its entrance.
CREATE OR REPLACE MACRO unit_grid(at_) AS TABLE
  SELECT u.community12, u.id AS unit_id, m.id AS micro_id, coalesce(m.parent_id, m.id) AS general_id
  FROM unit u
  JOIN entrance e ON e.community12 = u.community12 AND e.id = u.entrance_id
  JOIN grid m ON m.community12 = e.community12 AND m.id = e.micro_grid_id
  WHERE e.valid_from <= judged_at(at_) AND (e.valid_to IS NULL OR e.valid_to > judged_at(at_));

-- Where everybody lives: one unit each. An owner who belongs to no household there lives elsewhere.
CREATE OR REPLACE MACRO lives_in(at_) AS TABLE
  SELECT community12, person_id, unit_id FROM occupancy
  WHERE (household_id IS NOT NULL OR tenure <> 'owner')
    AND valid_from <= judged_at(at_) AND (valid_to IS NULL OR valid_to > judged_at(at_))
  QUALIFY row_number() OVER (PARTITION BY community12, person_id
                             ORDER BY household_id IS NULL, valid_from DESC, unit_id) = 1;

CREATE OR REPLACE MACRO unit_people(at_) AS TABLE
  SELECT community12, unit_id, sum(households)::BIGINT AS households, sum(residents)::BIGINT AS residents
  FROM (SELECT community12, unit_id, 1 AS households, 0 AS residents FROM household
        UNION ALL SELECT community12, unit_id, 0, 1 FROM lives_in(at_))
  GROUP BY community12, unit_id;

-- Tier 1 counts everybody, with a grid or without one.
CREATE OR REPLACE MACRO resident_count_at(at_, clearance_) AS TABLE
  SELECT g.id, p.tier, g.name, g.x_m, g.y_m, p.households, p.residents, g.provenance
  FROM (
    SELECT u.community12, g.tier, CASE g.tier WHEN 2 THEN w.general_id WHEN 3 THEN w.micro_id END AS grid_id,
           sum(u.households)::BIGINT AS households, sum(u.residents)::BIGINT AS residents
    FROM unit_people(at_) u
    LEFT JOIN unit_grid(at_) w ON w.community12 = u.community12 AND w.unit_id = u.unit_id
    CROSS JOIN (VALUES (1), (2), (3)) g(tier)
    GROUP BY ALL
  ) p
  LEFT JOIN grid g ON g.community12 = p.community12 AND g.tier = p.tier AND (p.tier = 1 OR g.id = p.grid_id)
    AND (g.valid_to IS NULL OR g.valid_to > judged_at(at_))
  WHERE p.tier = 1 OR (g.id IS NOT NULL AND (p.tier = 2 OR clearance_ = 'desk' OR p.households >= 5));

CREATE OR REPLACE MACRO building_people_at(at_, clearance_) AS TABLE
  SELECT u.building_id, sum(p.households)::BIGINT AS households, sum(p.residents)::BIGINT AS residents
  FROM unit_people(at_) p JOIN unit u ON u.community12 = p.community12 AND u.id = p.unit_id
  WHERE clearance_ = 'desk' GROUP BY u.building_id;

CREATE OR REPLACE MACRO care_recipient(at_) AS TABLE
  SELECT c.community12, c.person_id, c.unit_id, c.scheme, c.level, l.rank
  FROM care_profile c
  JOIN care_level l ON l.community12 = c.community12 AND l.scheme = c.scheme AND l.level = c.level
  WHERE c.valid_from <= judged_at(at_) AND (c.valid_to IS NULL OR c.valid_to > judged_at(at_));

-- A household counts once, at the highest level anybody in it has.
CREATE OR REPLACE MACRO care_home(at_) AS TABLE
  SELECT community12, unit_id, scheme, arg_min(level, rank) AS level
  FROM care_recipient(at_) GROUP BY community12, unit_id, scheme;

CREATE OR REPLACE MACRO care_total_at(at_, clearance_) AS TABLE
  SELECT l.scheme, l.level, l.rank, l.name, l.name_en, l.colour, coalesce(h.n, 0) AS households,
         coalesce(r.n, 0) AS recipients, l.provenance
  FROM care_level l
  LEFT JOIN (SELECT community12, scheme, level, count(*) AS n FROM care_home(at_) GROUP BY ALL) h
    ON h.community12 = l.community12 AND h.scheme = l.scheme AND h.level = l.level
  LEFT JOIN (SELECT community12, scheme, level, count(*) AS n FROM care_recipient(at_) GROUP BY ALL) r
    ON r.community12 = l.community12 AND r.scheme = l.scheme AND r.level = l.level
  WHERE l.valid_from <= judged_at(at_) AND (l.valid_to IS NULL OR l.valid_to > judged_at(at_));

CREATE OR REPLACE MACRO care_count_at(at_, clearance_) AS TABLE
  SELECT g.id || '/' || c.scheme || '/' || c.level AS id, g.id AS grid_id, g.tier, g.name, g.x_m, g.y_m,
         c.scheme, c.level, l.rank, l.name AS level_name, l.name_en AS level_name_en, l.colour,
         CASE WHEN c.homes >= 5 AND NOT (c.few = 1 AND c.nth = 1) THEN c.homes END AS households,
         CASE WHEN c.homes < 5 THEN '<5' WHEN c.few = 1 AND c.nth = 1 THEN '5+'
              ELSE c.homes::VARCHAR END AS households_told,
         l.provenance
  FROM (
    SELECT *, count(*) FILTER (homes < 5) OVER beside AS few,
           row_number() OVER (PARTITION BY community12, tier, parent_id, scheme, level, homes < 5
                              ORDER BY homes, grid_id) AS nth,
           sum(homes) OVER (PARTITION BY community12, tier, grid_id) AS homes_here
    FROM (
      SELECT h.community12, t.tier, CASE t.tier WHEN 2 THEN w.general_id ELSE w.micro_id END AS grid_id,
             CASE t.tier WHEN 3 THEN w.general_id END AS parent_id, h.scheme, h.level, count(*) AS homes
      FROM care_home(at_) h
      JOIN unit_grid(at_) w ON w.community12 = h.community12 AND w.unit_id = h.unit_id
      CROSS JOIN (VALUES (2), (3)) t(tier)
      GROUP BY ALL
    )
    WINDOW beside AS (PARTITION BY community12, tier, parent_id, scheme, level)
  ) c
  JOIN grid g ON g.community12 = c.community12 AND g.id = c.grid_id
  JOIN care_level l ON l.community12 = c.community12 AND l.scheme = c.scheme AND l.level = c.level
  WHERE c.tier = 2 OR clearance_ = 'desk' OR c.homes_here >= 5;
