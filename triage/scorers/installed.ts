// Loads a package that Heed does not bring along, from where the operator installed it.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** `folder`: the one above node_modules. @throws saying what to install. */
export async function loadInstalled<T>(name: string, folder: string, install: string): Promise<T> {
  let path: string
  try {
    path = createRequire(join(folder, 'package.json')).resolve(name)
  } catch (cause) {
    throw new Error(`${name} is not installed below ${folder}. Run there: ${install}`, { cause })
  }
  const loaded = (await import(pathToFileURL(path).href)) as T & { default?: T }
  // A CommonJS package stands under `default`.
  return loaded.default ?? loaded
}
