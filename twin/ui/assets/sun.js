// Where the sun stands over the place at an instant: twin/deck/sun.py again, for a page that runs for months.

const RAD = Math.PI / 180;
const J2000_MS = Date.UTC(2000, 0, 1, 12);
const DAY_MS = 86_400_000;

const turn = (deg) => ((deg % 360) + 360) % 360;

/** Azimuth clockwise from north, elevation above the horizon; good to 0.02° between 1950 and 2050. */
export function sunPosition(lon, lat, at_ms) {
  const days = (at_ms - J2000_MS) / DAY_MS;
  const anomaly = turn(357.528 + 0.9856003 * days) * RAD;
  const longitude = (turn(280.46 + 0.9856474 * days) + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = (23.439 - 4e-7 * days) * RAD;
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const hour = turn(280.46061837 + 360.98564736629 * days + lon) * RAD - ascension;
  const phi = lat * RAD;
  const up = Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hour);
  const east = -Math.cos(declination) * Math.sin(hour);
  const north = Math.cos(phi) * Math.sin(declination) - Math.sin(phi) * Math.cos(declination) * Math.cos(hour);
  return { azimuth_deg: turn(Math.atan2(east, north) / RAD), elevation_deg: Math.asin(up) / RAD };
}
