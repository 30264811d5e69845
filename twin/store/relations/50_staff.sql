-- Stewards and volunteers. The wall gets who is on duty, to 50 m, under a number that names nobody and follows
-- from where they stand, so that nobody can be followed.

CREATE OR REPLACE MACRO staff_position_at(at_, clearance_) AS TABLE
  SELECT CASE WHEN clearance_ = 'desk' THEN actor_id
              ELSE (row_number() OVER (ORDER BY role, shown_x_m, shown_y_m, seen_at, happened_at))::VARCHAR
         END AS actor_id,
         role,
         CASE WHEN clearance_ = 'desk' THEN grid_id END AS grid_id,
         CASE WHEN clearance_ = 'desk' THEN grid_name END AS grid_name,
         on_duty, shown_x_m AS x_m, shown_y_m AS y_m, 1.2::DOUBLE AS z_m, seen_at, happened_at, provenance
  FROM (
    SELECT p.actor_id, coalesce(s.role, 'unknown') AS role, s.grid_id, g.name AS grid_name, p.on_duty,
           CASE WHEN clearance_ = 'desk' THEN p.x_m ELSE round(p.x_m / 50) * 50 END AS shown_x_m,
           CASE WHEN clearance_ = 'desk' THEN p.y_m ELSE round(p.y_m / 50) * 50 END AS shown_y_m,
           p.received_at AS seen_at, p.happened_at, s.provenance
    FROM position_state(at_) p
    LEFT JOIN staff s ON s.community12 = p.community12 AND s.id = p.actor_id
    LEFT JOIN grid g ON g.community12 = p.community12 AND g.id = s.grid_id
    WHERE clearance_ = 'desk' OR p.on_duty
  );
