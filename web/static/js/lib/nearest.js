// @ts-check
// Which place is how far from where somebody stands. All of it pure, in metres.

/** @typedef {[number, number]} Point metres east and north of the community's origin */
/** @typedef {{ line: Point[], isArea: boolean }} Shape an area's line is its outline */

const DEGREE_M = 111_320

/**
 * @param {{ latitude: number, longitude: number }} here in degrees
 * @param {[number, number]} origin latitude and longitude
 * @returns {Point}
 */
export const metresFrom = ({ latitude, longitude }, [north, east]) => [
  (longitude - east) * DEGREE_M * Math.cos((north * Math.PI) / 180),
  (latitude - north) * DEGREE_M,
]

/** @param {Point} here @param {Shape} shape */
export function distance(here, { line, isArea }) {
  if (isArea && isInside(here, line)) return 0
  const corners = isArea ? [...line, line[0]] : line
  const sides = corners.slice(1).map((to, i) => toSide(here, corners[i], to))
  return Math.min(...sides, Math.hypot(here[0] - line[0][0], here[1] - line[0][1]))
}

/** @param {Point} here @param {Point} from @param {Point} to */
function toSide([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay]
  const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)
  const at = Math.min(1, Math.max(0, along))
  return Math.hypot(x - ax - at * dx, y - ay - at * dy)
}

/** @param {Point} here @param {Point[]} outline */
function isInside([x, y], outline) {
  let isIn = false
  outline.forEach(([ax, ay], i) => {
    const [bx, by] = outline[(i + 1) % outline.length]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn
  })
  return isIn
}

/** A plate's code as it is compared, also out of the address in its square code. @param {string} typed */
export function lettersOf(typed) {
  const code = /\/l\/([^/?#]+)/.exec(typed)?.[1] ?? typed
  return code.normalize("NFKC").toUpperCase().replace(/[^A-Z0-9]/g, "")
}
