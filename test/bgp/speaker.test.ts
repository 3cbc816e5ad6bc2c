import { describe, expect, it } from 'vitest'
import { ALL, Lab } from './harness.ts'

function pair(localAs = 64512, remoteAs = 64513) {
  const lab = new Lab()
  const policies = { importPolicy: 'all', exportPolicy: 'all' }
  const a = lab.box('10.0.0.1', { localAs, neighbors: [{ address: '10.0.0.2', remoteAs, ...policies }] }, [
    ALL,
  ])
  const b = lab.box(
    '10.0.0.2',
    { localAs: remoteAs, neighbors: [{ address: '10.0.0.1', remoteAs: localAs, ...policies }] },
    [ALL],
  )
  return { lab, a, b }
}

describe('two speakers', () => {
  it('bring up an eBGP session, though both dial', () => {
    const { lab, a, b } = pair()
    lab.seconds(10)
    expect(a.neighbor('10.0.0.2')).toMatchObject({
      state: 'Established',
      type: 'eBGP',
      holdTime: 90,
      keepaliveTime: 30,
    })
    expect(b.neighbor('10.0.0.1')).toMatchObject({ state: 'Established', routerId: '10.0.0.1' })
    expect(lab.network.connections.filter(({ closed }) => !closed)).toHaveLength(2)
  })

  it('exchange routes, and take them back', () => {
    const { lab, a, b } = pair()
    a.originate('192.0.2.0/24', '198.51.100.0/25')
    lab.seconds(10)
    expect(Object.fromEntries(b.sink.routes)).toEqual({
      '192.0.2.0/24': ['10.0.0.1'],
      '198.51.100.0/25': ['10.0.0.1'],
    })
    expect(b.sink.types.get('192.0.2.0/24')).toBe('eBGP')
    expect(b.speaker.route('192.0.2.0/24')?.paths[0]?.received.asPath).toEqual([{ type: 2, ases: [64512] }])
    a.withdraw('192.0.2.0/24')
    lab.seconds(1)
    expect([...b.sink.routes.keys()]).toEqual(['198.51.100.0/25'])
    expect(a.neighbor('10.0.0.2').families[0]?.advertised).toBe(1)
  })
})
