-- Places. They are shown as known now; rows with a validity period are cut by it.

-- What the screens call the place. Neighbours in one twin share the first one's origin and stand under its name.
CREATE OR REPLACE MACRO community_rel() AS TABLE
  SELECT min(community12) AS community12,
         first(name ORDER BY community12) || CASE WHEN count(*) > 1 THEN ' 等 ' || count(*) || ' 个社区' ELSE '' END AS name,
         first(name_en ORDER BY community12)
           || CASE WHEN count(*) > 1 THEN ' and ' || (count(*) - 1) || ' more' ELSE '' END AS name_en,
         first(lon0 ORDER BY community12) AS lon0, first(lat0 ORDER BY community12) AS lat0,
         min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north, bool_or(demo) AS demo
  FROM community HAVING count(*) > 0;

CREATE OR REPLACE MACRO ground_at(at_, clearance_) AS TABLE
  SELECT id, kind, name, geom_wkb, label_x_m, label_y_m, label_angle_deg, provenance FROM ground;

CREATE OR REPLACE MACRO compound_at(at_, clearance_) AS TABLE
  SELECT id, name, address, x_m, y_m, geom_wkb, provenance FROM compound;

CREATE OR REPLACE MACRO building_at(at_, clearance_) AS TABLE
  SELECT b.id, b.name, b.address, b.compound_id, c.name AS compound_name, b.use, b.form,
         b.storeys_above, b.storeys_below, b.height_m, b.base_m, b.storeys_derived, b.height_derived,
         b.geom_wkb, b.x_m, b.y_m, b.min_x_m, b.min_y_m, b.max_x_m, b.max_y_m,
         CASE WHEN clearance_ = 'desk' THEN coalesce(u.units, 0) END AS units, b.provenance, b.imported_at
  FROM building b
  LEFT JOIN compound c ON c.community12 = b.community12 AND c.id = b.compound_id
  LEFT JOIN (SELECT community12, building_id, count(*) AS units FROM unit GROUP BY ALL) u
    ON u.community12 = b.community12 AND u.building_id = b.id;

CREATE OR REPLACE MACRO storey_at(at_, clearance_) AS TABLE
  SELECT building_id, ordinal, label, z_floor_m, height_m FROM storey;

CREATE OR REPLACE MACRO entrance_at(at_, clearance_) AS TABLE
  SELECT e.id, e.building_id, e.name, e.micro_grid_id, g.name AS micro_grid_name, e.x_m, e.y_m
  FROM entrance e LEFT JOIN grid g ON g.community12 = e.community12 AND g.id = e.micro_grid_id
  WHERE e.valid_from <= judged_at(at_) AND (e.valid_to IS NULL OR e.valid_to > judged_at(at_));

CREATE OR REPLACE MACRO unit_at(at_, clearance_) AS TABLE
  SELECT u.id, u.building_id, u.entrance_id, e.name AS entrance_name, u.storey_ordinal, u.room, u.use, u.state,
         u.position, u.x_m, u.y_m, u.geom_wkb, u.provenance
  FROM unit u LEFT JOIN entrance e ON e.community12 = u.community12 AND e.id = u.entrance_id
  WHERE clearance_ = 'desk';

CREATE OR REPLACE MACRO grid_at(at_, clearance_) AS TABLE
  SELECT id, code, tier, kind, type, name, parent_id, geom_wkb, x_m, y_m, area_m2, households, provenance
  FROM grid WHERE valid_from <= judged_at(at_) AND (valid_to IS NULL OR valid_to > judged_at(at_));

CREATE OR REPLACE MACRO facility_at(at_, clearance_) AS TABLE
  SELECT f.id, f.category, f.name, f.building_id, f.storey_ordinal, f.x_m, f.y_m,
         coalesce(s.z_floor_m, 0) + 1.2 AS z_m, f.opening_hours, f.accessible, f.provenance
  FROM facility f LEFT JOIN storey s
    ON s.community12 = f.community12 AND s.building_id = f.building_id AND s.ordinal = f.storey_ordinal;
