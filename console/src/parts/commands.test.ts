import { expect, it } from 'vitest'
import { commands } from './commands'

it('speaks of the server that the page came from', () => {
  const address = 'http://127.0.0.1:9000'
  const all = commands(address)
  expect(all[0]?.command).toBe('./orrery demo --url http://127.0.0.1:9000')
  expect(all.filter(({ command }) => command.includes('curl')).length).toBeGreaterThan(0)
  for (const { command } of all.filter((c) => c.command.includes('curl'))) {
    expect(command).toContain(address)
  }
})
