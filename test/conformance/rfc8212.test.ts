import { describe, expect, it } from 'vitest'
import { EXTERNAL, EXTERNAL_TOO, INTERNAL, Scene } from './scene.ts'

const PREFIX = '192.0.2.0/24'

describe('an external neighbour', () => {
  it('without an import policy teaches us nothing: its routes are received, and none takes part in the choice', () => {
    const { importPolicy: _, ...silent } = EXTERNAL
    const scene = new Scene([silent, EXTERNAL_TOO, INTERNAL])
    const [outside, inside] = [scene.join(EXTERNAL_TOO), scene.join(INTERNAL)]
    scene.join(silent).announce([PREFIX])
    expect(scene.box.neighbor(silent.address).families[0]).toMatchObject({ received: 1, accepted: 0 })
    expect(scene.box.sink.routes.size).toBe(0)
    expect([outside.updates, inside.updates]).toEqual([[], []])
    scene.configure({ neighbors: [EXTERNAL, EXTERNAL_TOO, INTERNAL] })
    expect([...scene.box.sink.routes.keys()]).toEqual([PREFIX])
    scene.configure({ neighbors: [silent, EXTERNAL_TOO, INTERNAL] })
    expect(scene.box.sink.routes.size).toBe(0)
  })

  it('without an export policy is told nothing', () => {
    const { exportPolicy: _, ...silent } = EXTERNAL_TOO
    const scene = new Scene([EXTERNAL, silent, INTERNAL])
    const to = scene.join(silent)
    scene.join(EXTERNAL).announce([PREFIX])
    scene.join(INTERNAL).announce(['198.51.100.0/24'])
    scene.box.originate('203.0.113.0/24')
    scene.lab.seconds(1)
    expect(to.updates).toEqual([])
    expect(scene.box.neighbor(silent.address).families[0]).toMatchObject({ advertised: 0 })
    scene.configure({ neighbors: [EXTERNAL, EXTERNAL_TOO, INTERNAL] })
    expect(to.routes.size).toBe(3)
    scene.configure({ neighbors: [EXTERNAL, silent, INTERNAL] })
    expect(to.routes.size).toBe(0)
  })
})
