// Passwords a person can read out: four groups of letters and digits that do not look alike, 79 bits.
import { randomInt } from 'node:crypto'

export const oneTimePassword = () =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-')

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
