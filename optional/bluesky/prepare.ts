// Starts the network once for all tests, and tells them where it is.
import type { TestProject } from 'vitest/node'
import { type Network, startNetwork } from './network/start.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    network: Network
  }
}

export default async function prepare(project: TestProject) {
  const { network, stop } = await startNetwork()
  project.provide('network', network)
  return stop
}
