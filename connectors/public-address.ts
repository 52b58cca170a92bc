// Is this an address of the public internet? Anything else (our own network, this machine, documentation, multicast) must never be fetched for somebody.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Registries: iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, checked 2026-11-22. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !notPublic.check(address, 'ipv4')
  // A zone ("fe80::1%eth0") names an interface of this machine.
  if (!isIPv6(address) || address.includes('%')) return false
  return global6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
}

const notPublic = new BlockList()
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]) {
  const [network, prefix] = range.split('/')
  notPublic.addSubnet(network!, Number(prefix), 'ipv4')
}
/** Only these are unicast for everybody: what maps, translates or tunnels to IPv4 (::ffff:…, 64:ff9b::…) stands outside, or below. */
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
for (const range of ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']) {
  const [network, prefix] = range.split('/')
  notPublic.addSubnet(network!, Number(prefix), 'ipv6')
}
