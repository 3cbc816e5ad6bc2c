/**
 * Where the other side of a session is configured when it is a node of a cluster: by subject, the field of each system. What a
 * neighbour is we do not know, so all are named.
 */
const NODE_FIELDS = {
  /** The AS that the node expects of us. */
  peerAs: {
    Calico: 'asNumber of the BGPPeer',
    Cilium: 'peerASN in the CiliumBGPClusterConfig',
    MetalLB: 'peerASN of the BGPPeer',
    'kube-router': '--peer-router-asns',
  },
  /** The node's own AS. */
  nodeAs: {
    Calico: 'asNumber of the BGPConfiguration or of the Node',
    Cilium: 'localASN in the CiliumBGPClusterConfig',
    MetalLB: 'myASN of the BGPPeer',
    'kube-router': '--cluster-asn',
  },
  /** Our address, as the node dials and expects it. */
  peerAddress: {
    Calico: 'peerIP of a BGPPeer',
    Cilium: 'peerAddress in the CiliumBGPClusterConfig',
    MetalLB: 'peerAddress of a BGPPeer',
    'kube-router': '--peer-router-ips',
  },
  password: {
    Calico: 'password of the BGPPeer',
    Cilium: 'authSecretRef of the CiliumBGPPeerConfig',
    MetalLB: 'passwordSecret of the BGPPeer',
    'kube-router': '--peer-router-passwords',
  },
  ttlSecurity: { Calico: 'ttlSecurity of the BGPPeer' },
  multihop: {
    Cilium: 'ebgpMultihop of the CiliumBGPPeerConfig',
    MetalLB: 'ebgpMultiHop of the BGPPeer',
    'kube-router': '--peer-router-multihop-ttl',
  },
  holdTime: {
    Cilium: 'timers.holdTimeSeconds of the CiliumBGPPeerConfig',
    MetalLB: 'holdTime of the BGPPeer',
    'kube-router': '--bgp-holdtime',
  },
  families: { Cilium: 'families of the CiliumBGPPeerConfig' },
  port: {
    Calico: 'listenPort of the BGPConfiguration',
    Cilium: 'localPort in the CiliumBGPClusterConfig',
    'kube-router': '--bgp-port',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>

/** `(Calico: peerIP of a BGPPeer; Cilium: ...)`, to stand behind the word for a setting of the other side. */
export function inNodes(subject: keyof typeof NODE_FIELDS): string {
  const fields = Object.entries(NODE_FIELDS[subject]).map(([system, field]) => `${system}: ${field}`)
  return `(${fields.join('; ')})`
}
