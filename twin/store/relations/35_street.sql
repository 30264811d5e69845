-- What belongs to the street: kitchens and their fume monitors, cameras and the fire lanes they watch, hydrants
-- and valves. A state is only told while the device that says it is heard.

CREATE OR REPLACE MACRO restaurant_at(at_, clearance_) AS TABLE
  SELECT id, name, building_id, storey_ordinal, x_m, y_m, stoves, fume_limit_mg_m3, purifier_removal_pct,
         device_id, provenance
  FROM restaurant;

-- Judged by the kitchen's own limit (GB 18483: 2.0 mg/m³, stricter where a place has set it): a single reading
-- is a hint for the inspector, not evidence; the mean over ten minutes comes with the alarms.
CREATE OR REPLACE MACRO fume_monitor_at(at_, clearance_) AS TABLE
  SELECT d.device_id, coalesce(r.name, d.label) AS name, d.building_id, d.storey_ordinal, d.x_m, d.y_m, d.z_m,
         r.stoves, r.fume_limit_mg_m3 AS limit_mg_m3, d.value, d.unit, d.seen_at, d.freshness, d.provenance,
         CASE
           WHEN d.freshness IN ('offline', 'never') THEN 'lost'
           WHEN d.state = 'fault' THEN 'fault'
           WHEN d.freshness = 'stale' THEN 'stale'
           WHEN d.value IS NULL THEN 'lost'
           WHEN r.fume_limit_mg_m3 IS NULL THEN 'no_limit'
           WHEN d.value > r.fume_limit_mg_m3 THEN 'over'
           WHEN d.value > 0.8 * r.fume_limit_mg_m3 THEN 'near'
           ELSE 'normal'
         END AS condition
  FROM device_at(at_, clearance_) d
  LEFT JOIN (SELECT * FROM restaurant WHERE device_id IS NOT NULL
             QUALIFY row_number() OVER (PARTITION BY device_id ORDER BY id) = 1) r ON r.device_id = d.device_id
  WHERE d.kind = 'fume_monitor';

CREATE OR REPLACE MACRO camera_at(at_, clearance_) AS TABLE
  SELECT d.device_id, d.label, d.building_id, d.storey_ordinal, d.x_m, d.y_m, d.z_m, c.bearing_deg,
         CASE WHEN clearance_ = 'desk' THEN c.gb28181 END AS gb28181, c.lane_id, l.name AS lane_name,
         d.state, d.seen_at, d.freshness, d.provenance
  FROM device_at(at_, clearance_) d
  LEFT JOIN camera c ON c.id = d.device_id
  LEFT JOIN lane l ON l.community12 = c.community12 AND l.id = c.lane_id
  WHERE d.kind = 'camera';

-- Blocked while any camera on it says so and is not lost; free only by a word that is not late; else unknown.
CREATE OR REPLACE MACRO lane_at(at_, clearance_) AS TABLE
  SELECT l.id, l.kind, l.name, p.name AS compound_name, l.building_id, l.geom_wkb, l.x_m, l.y_m, l.width_m,
         l.length_m,
         CASE WHEN w.lane_id IS NULL THEN 'unwatched' WHEN w.blocked_at IS NOT NULL THEN 'blocked'
              WHEN w.free_at IS NOT NULL THEN 'free' ELSE 'unknown' END AS state,
         coalesce(w.blocked_at, w.free_at, w.seen_at) AS seen_at, l.provenance
  FROM lane l
  LEFT JOIN compound p ON p.community12 = l.community12 AND p.id = l.compound_id
  LEFT JOIN (
    SELECT lane_id, max(seen_at) AS seen_at,
           max(seen_at) FILTER (state = 'lane_blocked' AND freshness IN ('online', 'stale')) AS blocked_at,
           max(seen_at) FILTER (state = 'normal' AND freshness = 'online') AS free_at
    FROM camera_at(at_, clearance_) WHERE lane_id IS NOT NULL GROUP BY lane_id
  ) w ON w.lane_id = l.id;

CREATE OR REPLACE MACRO asset_at(at_, clearance_) AS TABLE
  SELECT id, kind, name, building_id, x_m, y_m, 0.8::DOUBLE AS z_m, provenance FROM asset;
