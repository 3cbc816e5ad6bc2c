import { linkRefusal } from './ip.ts'

/** Kinds of link that a kernel may lack, with a line of `ip` that makes one. */
const PROBES = {
  vlan: { what: '802.1Q', line: 'link add link probe0 name probe1 type vlan id 2' },
  ipip: { what: 'IPIP', line: 'link add name probe1 type ipip local 127.0.0.1' },
  vxlan: { what: 'VXLAN', line: 'link add name probe1 type vxlan id 1 dstport 8472 local 127.0.0.1' },
  macvlan: { what: 'macvlan', line: 'link add link probe0 name probe1 type macvlan mode bridge' },
} as const

export type Feature = keyof typeof PROBES

/** What a kernel can do: for each feature undefined where it is there, else the kernel's words. */
export type Features = Readonly<Record<Feature, string | undefined>>

/** The field's name of a feature. */
export function featureName(feature: Feature): string {
  return PROBES[feature].what
}

/** Asks the kernel, by making a link of each kind in a scratch namespace (which loads its module, too). */
export async function probeFeatures(): Promise<Features> {
  const entries = await Promise.all(
    (Object.keys(PROBES) as Feature[]).map(
      async feature => [feature, await linkRefusal(feature, PROBES[feature].line)] as const,
    ),
  )
  return Object.fromEntries(entries) as Features
}
