-- Tickets. On the wall a ticket is a category at a building (over its roof) or at a 50 m step, never a home or a
-- resident's words.

CREATE OR REPLACE MACRO ticket_at(at_, clearance_) AS TABLE
  SELECT t.ticket_id, t.state, t.category,
         CASE WHEN clearance_ = 'desk' THEN t.title END AS title,
         t.building_id,
         CASE WHEN clearance_ = 'desk' THEN t.storey_ordinal END AS storey_ordinal,
         CASE WHEN clearance_ = 'desk' THEN t.unit_id END AS unit_id,
         CASE WHEN clearance_ = 'desk' THEN coalesce(t.x_m, b.x_m)
              ELSE coalesce(b.x_m, round(t.x_m / 50) * 50) END AS x_m,
         CASE WHEN clearance_ = 'desk' THEN coalesce(t.y_m, b.y_m)
              ELSE coalesce(b.y_m, round(t.y_m / 50) * 50) END AS y_m,
         CASE WHEN clearance_ = 'desk' THEN coalesce(s.z_floor_m + 1.2, b.base_m + b.height_m + 4, 1.2)
              ELSE coalesce(b.base_m + b.height_m + 4, 1.2) END AS z_m,
         t.reported_at, t.happened_at, t.received_at AS seen_at,
         CASE WHEN c.demo THEN 'demo' ELSE 'door' END AS provenance
  FROM ticket_state(at_) t
  LEFT JOIN community c ON c.community12 = t.community12
  LEFT JOIN building b ON b.community12 = t.community12 AND b.id = t.building_id
  LEFT JOIN storey s
    ON s.community12 = t.community12 AND s.building_id = t.building_id AND s.ordinal = t.storey_ordinal;
