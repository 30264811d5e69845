-- Devices and whether what they said is still true. A device is judged by when we last heard it (received_at);
-- beyond its offline limit its value is no data, live and in replay alike.

-- Where the device itself decides, its last word holds for as long as it is heard at all, if only by its battery;
-- a measured value is as old as it is. (twin.model.registry.DECIDED_BY_DEVICE)
CREATE OR REPLACE MACRO decided_by_device(kind_) AS
  kind_ IN ('smoke', 'gas', 'sos_button', 'voice_care_panel', 'door_contact', 'pir');

CREATE OR REPLACE MACRO device_heard(at_) AS TABLE
  SELECT d.community12, d.id AS device_id, d.kind, d.label, d.building_id, d.storey_ordinal, d.unit_id,
         d.x_m, d.y_m, d.z_m, d.is_public, d.expected_interval_s, d.provenance,
         n.state, n.value, n.unit, n.happened_at, n.received_at IS NULL AS is_mute,
         CASE WHEN decided_by_device(d.kind) THEN greatest(n.received_at, h.heard_at)
              ELSE n.received_at END AS seen_at,
         coalesce(l.state, 'in_service') AS lifecycle, h.health, h.battery_pct
  FROM device d
  LEFT JOIN device_state(at_) n ON n.community12 = d.community12 AND n.device_id = d.id
  LEFT JOIN device_aside(at_) h ON h.community12 = d.community12 AND h.device_id = d.id
  LEFT JOIN life_state(at_) l ON l.community12 = d.community12 AND l.device_id = d.id
  WHERE at_::TIMESTAMPTZ IS NULL OR d.installed_at <= at_::TIMESTAMPTZ;

CREATE OR REPLACE MACRO device_judged(at_) AS TABLE
  SELECT *,
         CASE
           WHEN lifecycle = 'maintenance' THEN 'maintenance'
           WHEN is_mute THEN 'never'
           WHEN epoch(judged_at(at_)) - epoch(seen_at) > offline_factor(kind) * expected_interval_s THEN 'offline'
           WHEN epoch(judged_at(at_)) - epoch(seen_at) > 1.5 * expected_interval_s THEN 'stale'
           ELSE 'online'
         END AS freshness
  FROM device_heard(at_) WHERE lifecycle <> 'retired';

-- Whether somebody moves at home, or the door is open, is nobody's business while nothing is wrong there.
CREATE OR REPLACE MACRO told_state(state_) AS
  CASE WHEN state_ IN ('motion', 'no_motion', 'open', 'closed') THEN 'normal' ELSE state_ END;

-- The age of such a word would tell it too: it is told to the device's interval only.
CREATE OR REPLACE MACRO told_when(seen_, kind_, is_public_, interval_s_) AS
  CASE WHEN NOT is_public_ AND kind_ IN ('pir', 'door_contact')
    THEN to_timestamp(floor(epoch(seen_) / interval_s_) * interval_s_) ELSE seen_ END;

CREATE OR REPLACE MACRO device_at(at_, clearance_) AS TABLE
  SELECT device_id, kind, label, building_id, storey_ordinal,
         CASE WHEN clearance_ = 'desk' THEN unit_id END AS unit_id, x_m, y_m, z_m, is_public,
         CASE WHEN freshness NOT IN ('offline', 'maintenance')
           THEN CASE WHEN is_public THEN state ELSE told_state(state) END END AS state,
         CASE WHEN freshness NOT IN ('offline', 'maintenance') THEN value END AS value,
         unit, told_when(seen_at, kind, is_public, expected_interval_s) AS seen_at,
         told_when(happened_at, kind, is_public, expected_interval_s) AS happened_at,
         freshness, lifecycle, health, battery_pct, expected_interval_s, provenance
  FROM device_judged(at_) WHERE is_public OR clearance_ = 'desk';

CREATE OR REPLACE MACRO device_count_at(at_, clearance_) AS TABLE
  SELECT kind, is_public, count(*) AS total,
         count(*) FILTER (freshness = 'online') AS online, count(*) FILTER (freshness = 'stale') AS stale,
         count(*) FILTER (freshness = 'offline') AS offline, count(*) FILTER (freshness = 'never') AS never,
         count(*) FILTER (freshness = 'maintenance') AS maintenance,
         max(seen_at) AS newest_at
  FROM device_judged(at_) GROUP BY kind, is_public;

-- Home kits never appear one by one on the wall: they are counted by general grid (the parent of the micro grid
-- of the unit's entrance, or of the building's first entrance).
CREATE OR REPLACE MACRO home_device_grid_at(at_, clearance_) AS TABLE
  SELECT g.id, g.name, g.x_m, g.y_m, count(*) AS devices,
         count(*) FILTER (d.freshness IN ('online', 'stale')) AS online,
         count(*) FILTER (d.freshness IN ('offline', 'never')) AS dark
  FROM device_judged(at_) d
  LEFT JOIN unit u ON u.community12 = d.community12 AND u.id = d.unit_id
  LEFT JOIN (SELECT community12, building_id, min(id) AS entrance_id FROM entrance GROUP BY ALL) f
    ON f.community12 = d.community12 AND f.building_id = d.building_id
  JOIN entrance e ON e.community12 = d.community12 AND e.id = coalesce(u.entrance_id, f.entrance_id)
  JOIN grid m ON m.community12 = d.community12 AND m.id = e.micro_grid_id
  JOIN grid g ON g.community12 = d.community12 AND g.id = coalesce(m.parent_id, m.id)
  WHERE NOT d.is_public
  GROUP BY g.id, g.name, g.x_m, g.y_m;
