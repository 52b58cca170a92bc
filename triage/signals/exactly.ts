// Exponential and logarithm that give the same bits on every machine: JavaScript leaves the last digits of Math.exp and Math.log to the engine.

const log2e = 1.4426950408889634
const ln2High = 0.693147180369123816
const ln2Low = 1.90821492927058770002e-10

/** e to the x, to about 1e-15; only additions, multiplications and a power of two. */
export function exp(x: number): number {
  if (!(x > -700)) return x !== x ? x : 0
  if (x > 700) x = 700
  const k = Math.floor(x * log2e + 0.5)
  const r = x - k * ln2High - k * ln2Low
  let term = 1
  let sum = 1
  for (let n = 1; n <= 13; n++) {
    term = (term * r) / n
    sum += term
  }
  return sum * powerOfTwo(k)
}

/** The natural logarithm, to about 1e-15; x must be above 0. */
export function log(x: number): number {
  if (!(x > 0)) return -Infinity
  let k = 0
  while (x > 1.4142135623730951) {
    x *= 0.5
    k++
  }
  while (x < 0.7071067811865476) {
    x *= 2
    k--
  }
  const s = (x - 1) / (x + 1)
  const square = s * s
  let sum = 0
  for (let n = 27; n >= 1; n -= 2) sum = sum * square + 1 / n
  return 2 * s * sum + k * ln2High + k * ln2Low
}

function powerOfTwo(k: number): number {
  let power = 1
  const base = k < 0 ? 0.5 : 2
  for (let n = k < 0 ? -k : k; n > 0; n--) power *= base
  return power
}
