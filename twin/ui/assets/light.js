// The scene's light: ambient, a warm key from where the sun stands, a cool fill from the other side.

/* global deck */

const RAD = Math.PI / 180;

/** Direction light travels in (x east, y north, z up) from a sun at this azimuth (from north) and elevation. */
export function direction(azimuth_deg, elevation_deg) {
  const flat = Math.cos(elevation_deg * RAD);
  return [
    -Math.sin(azimuth_deg * RAD) * flat,
    -Math.cos(azimuth_deg * RAD) * flat,
    -Math.sin(elevation_deg * RAD),
  ];
}

/** @param {{azimuth_deg:number, elevation_deg:number}|null|undefined} sun */
export function lights(sun) {
  const azimuth = sun?.azimuth_deg ?? 135;
  const elevation = sun?.elevation_deg ?? 40;
  const day = Math.min(1, Math.max(0, (elevation + 6) / 18));
  // A sun under 22° would leave roofs darker than walls; the direction stays true, the height is lifted.
  const key = direction(azimuth, Math.max(elevation, 22));
  const warmth = elevation < 12 ? [255, 226, 190] : [255, 241, 222];
  return new deck.LightingEffect({
    ambient: new deck.AmbientLight({ color: [214, 226, 242], intensity: 0.72 + 0.06 * day }),
    key: new deck.DirectionalLight({
      color: day > 0.15 ? warmth : [196, 212, 236], intensity: 1.25 + 0.7 * day, direction: key,
    }),
    fill: new deck.DirectionalLight({
      color: [150, 178, 214], intensity: 0.45, direction: direction(azimuth + 160, 30),
    }),
  });
}
