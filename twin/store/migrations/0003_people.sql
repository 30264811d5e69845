-- Who lives here, who is cared for, and the things of the street. Names and numbers of people are sealed in `person`.

CREATE TABLE household (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  household_no VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

-- Which person lives in or owns which unit, and for how long.
CREATE TABLE occupancy (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, household_id VARCHAR,
  kinship VARCHAR NOT NULL,                     -- head spouse child parent grandchild other (GB/T 4761 in short)
  tenure VARCHAR NOT NULL,                      -- owner tenant family other
  hukou_match VARCHAR,                          -- 01 registered where one lives, 02 elsewhere
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

-- The colours, their meaning and their cadence are data: schemes differ from place to place.
CREATE TABLE care_level (
  community12 VARCHAR NOT NULL, scheme VARCHAR NOT NULL, level VARCHAR NOT NULL,
  rank INTEGER NOT NULL, name VARCHAR NOT NULL, name_en VARCHAR NOT NULL, colour VARCHAR NOT NULL,  -- #rrggbb
  contact_interval_d DOUBLE NOT NULL, visit_interval_d DOUBLE NOT NULL,
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, scheme, level)
);

-- Why somebody is cared for is sealed with that person's own secret (detail_enc), like the identity.
CREATE TABLE care_profile (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL, unit_id VARCHAR NOT NULL, scheme VARCHAR NOT NULL, level VARCHAR NOT NULL,
  detail_enc BLOB, assessed_at TIMESTAMPTZ,
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE restaurant (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  name VARCHAR NOT NULL, org_code VARCHAR, building_id VARCHAR, storey_ordinal INTEGER,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, stoves INTEGER NOT NULL,
  fume_limit_mg_m3 DOUBLE NOT NULL, purifier_removal_pct DOUBLE NOT NULL, device_id VARCHAR,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

-- What a camera adds to its row in `device`.
CREATE TABLE camera (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,   -- the device's id
  gb28181 VARCHAR, bearing_deg DOUBLE, lane_id VARCHAR, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE lane (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,                        -- fire_lane
  name VARCHAR NOT NULL, compound_id VARCHAR, building_id VARCHAR,
  geom_wkb BLOB NOT NULL,                       -- the polygon to be kept free
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, width_m DOUBLE NOT NULL, length_m DOUBLE NOT NULL,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE asset (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,                        -- hydrant gas_valve
  name VARCHAR NOT NULL, building_id VARCHAR,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

-- The ways one can walk. An edge may be used both ways.
CREATE TABLE street_node (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL, x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);
CREATE TABLE street_edge (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  from_node VARCHAR NOT NULL, to_node VARCHAR NOT NULL, street VARCHAR,
  geom_wkb BLOB NOT NULL, length_m DOUBLE NOT NULL, on_foot BOOLEAN NOT NULL, by_ebike BOOLEAN NOT NULL,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);
