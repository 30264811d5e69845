// The scene's light: ambient, a warm key from where the sun stands, a cool fill; at night only what keeps forms.

/* global deck */

const RAD = Math.PI / 180;
// A sun under this would leave roofs darker than walls; the direction stays true, the height is lifted.
const LOWEST_KEY_DEG = 24;
// At night nothing shines from the sky: one soft light from above and behind keeps the forms apart.
const NIGHT_AZIMUTH_DEG = 200;
const NIGHT_ELEVATION_DEG = 52;
const WARM = [255, 240, 220];
const LOW = [255, 214, 172];
const COOL = [206, 214, 226];

const share = (value, from, to) => Math.min(1, Math.max(0, (value - from) / (to - from)));
const between = (a, b, part) => a + (b - a) * part;
const mixed = (a, b, part) => a.map((value, axis) => Math.round(between(value, b[axis], part)));

/** Direction light travels in (x east, y north, z up) from a sun at this azimuth (from north) and elevation. */
export function direction(azimuth_deg, elevation_deg) {
  const flat = Math.cos(elevation_deg * RAD);
  return [
    -Math.sin(azimuth_deg * RAD) * flat,
    -Math.cos(azimuth_deg * RAD) * flat,
    -Math.sin(elevation_deg * RAD),
  ];
}

/** Everything the hour changes, as numbers; `day` is 0 at night and 1 under a high sun.
 *  @param {{azimuth_deg:number, elevation_deg:number}} sun
 */
export function hourOf({ azimuth_deg, elevation_deg }) {
  const day = share(elevation_deg, -6, 12);
  const isUp = elevation_deg > 0;
  const lowSun = share(elevation_deg, 18, 3);
  // The key fades out with the sun and comes back from the night's side: at the turn there is none to jump.
  const strength = isUp ? between(0.86, 1.46, share(elevation_deg, 0, 26)) : between(0.86, 0.68, share(elevation_deg, 0, -8));
  const night = share(elevation_deg, 0, -8);
  return {
    day,
    ambient: { color: mixed([222, 228, 238], [214, 226, 242], day), intensity: between(0.46, 0.68, day) },
    key: {
      color: isUp ? mixed(WARM, LOW, lowSun) : mixed(LOW, COOL, night),
      intensity: strength,
      azimuth_deg: isUp ? azimuth_deg : between(azimuth_deg, azimuth_deg + nearest(NIGHT_AZIMUTH_DEG - azimuth_deg), night),
      elevation_deg: between(Math.max(elevation_deg, LOWEST_KEY_DEG), NIGHT_ELEVATION_DEG, isUp ? 0 : night),
    },
    fill: { color: [178, 194, 216], intensity: between(0.26, 0.42, day) },
    // The ground's paint is not lit: it darkens towards the background, while kerbs and names stay.
    ground: between(0.3, 1, day),
    lines: between(0.5, 1, day),
    cast: share(elevation_deg, 4, 16),
  };
}

const nearest = (deg) => ((((deg + 180) % 360) + 360) % 360) - 180;

/** @param {ReturnType<typeof hourOf>} hour */
export function lights({ ambient, key, fill }) {
  return new deck.LightingEffect({
    ambient: new deck.AmbientLight(ambient),
    key: new deck.DirectionalLight({ color: key.color, intensity: key.intensity, direction: direction(key.azimuth_deg, key.elevation_deg) }),
    fill: new deck.DirectionalLight({ ...fill, direction: direction(key.azimuth_deg + 160, 30) }),
  });
}
