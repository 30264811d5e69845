-- The community: places, people, devices. Every key leads with community12.
-- Geometry: WKB in local metres, x east and y north of the community's origin (lon0, lat0; CGCS2000).

CREATE TABLE community (
  community12 VARCHAR PRIMARY KEY,
  name VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
  lon0 DOUBLE NOT NULL, lat0 DOUBLE NOT NULL,
  west DOUBLE, south DOUBLE, east DOUBLE, north DOUBLE,
  demo BOOLEAN NOT NULL, created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE ground (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,                        -- land block green water road sports plaza bridge
  name VARCHAR, geom_wkb BLOB NOT NULL,
  label_x_m DOUBLE, label_y_m DOUBLE, label_angle_deg DOUBLE,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE compound (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  name VARCHAR NOT NULL, address VARCHAR, geom_wkb BLOB NOT NULL, x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE building (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  name VARCHAR, address VARCHAR, compound_id VARCHAR,
  use VARCHAR NOT NULL,                         -- residential school kindergarten clinic market mall party_centre office public unknown
  form VARCHAR NOT NULL,                        -- walkup tower podium public other
  storeys_above INTEGER NOT NULL, storeys_below INTEGER NOT NULL, height_m DOUBLE NOT NULL, base_m DOUBLE NOT NULL,
  storeys_derived BOOLEAN NOT NULL, height_derived BOOLEAN NOT NULL,
  geom_wkb BLOB NOT NULL, x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL,
  min_x_m DOUBLE NOT NULL, min_y_m DOUBLE NOT NULL, max_x_m DOUBLE NOT NULL, max_y_m DOUBLE NOT NULL,
  source_id VARCHAR, provenance VARCHAR NOT NULL, imported_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE entrance (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  building_id VARCHAR NOT NULL, name VARCHAR NOT NULL, micro_grid_id VARCHAR,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL,
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE storey (
  community12 VARCHAR NOT NULL, building_id VARCHAR NOT NULL, ordinal INTEGER NOT NULL,  -- 0 = ground floor
  label VARCHAR NOT NULL,                       -- 1F, -1F
  z_floor_m DOUBLE NOT NULL, height_m DOUBLE NOT NULL,
  PRIMARY KEY (community12, building_id, ordinal)
);

CREATE TABLE unit (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  building_id VARCHAR NOT NULL, entrance_id VARCHAR NOT NULL, storey_ordinal INTEGER NOT NULL,
  room VARCHAR NOT NULL, use VARCHAR NOT NULL,
  state VARCHAR NOT NULL,                       -- occupied vacant rented commercial
  position INTEGER NOT NULL,                    -- column within its entrance, from the left
  geom_wkb BLOB, x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE grid (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  code VARCHAR NOT NULL, code_scheme VARCHAR NOT NULL, official_code VARCHAR,
  tier INTEGER NOT NULL, kind VARCHAR NOT NULL, type VARCHAR, name VARCHAR NOT NULL, parent_id VARCHAR,
  geom_wkb BLOB NOT NULL, x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, area_m2 DOUBLE NOT NULL,
  households INTEGER NOT NULL, boundary_version INTEGER NOT NULL,
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

-- A person's identity is one encrypted value; the secret that opens it lives outside this file.
CREATE TABLE person (
  community12 VARCHAR NOT NULL, person_id VARCHAR NOT NULL,
  identity_enc BLOB NOT NULL, demo BOOLEAN NOT NULL, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, person_id)
);

CREATE TABLE staff (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  person_id VARCHAR NOT NULL,
  role VARCHAR NOT NULL,                        -- steward full_time volunteer
  grid_id VARCHAR, travel_mode VARCHAR NOT NULL,
  valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE facility (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  category VARCHAR NOT NULL, name VARCHAR NOT NULL, building_id VARCHAR, storey_ordinal INTEGER,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, opening_hours VARCHAR, phone VARCHAR, accessible BOOLEAN,
  provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);

CREATE TABLE device (
  community12 VARCHAR NOT NULL, id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL, label VARCHAR NOT NULL,
  building_id VARCHAR, storey_ordinal INTEGER, unit_id VARCHAR,
  x_m DOUBLE NOT NULL, y_m DOUBLE NOT NULL, z_m DOUBLE NOT NULL,
  is_public BOOLEAN NOT NULL,                   -- false: in or of a home, never single on the wall
  expected_interval_s INTEGER NOT NULL,
  installed_at TIMESTAMPTZ NOT NULL, provenance VARCHAR NOT NULL,
  PRIMARY KEY (community12, id)
);
