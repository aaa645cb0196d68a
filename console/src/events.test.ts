import { describe, expect, it } from 'vitest'
import { type LoggedEvent, readEvent, SHOWN, withEvent } from './events'

const event = (id: string): LoggedEvent => ({ id, type: 't', time: '', subject: '' })

describe('the events shown', () => {
  it('begin with the newest', () => {
    expect(withEvent([event('1')], event('2')).map((e) => e.id)).toEqual(['2', '1'])
  })

  it('hold one that comes again after a reconnect once', () => {
    const known = [event('2'), event('1')]
    expect(withEvent(known, event('1'))).toBe(known)
  })

  it('stay bounded', () => {
    let events: LoggedEvent[] = []
    for (let i = 0; i < SHOWN + 20; i++) {
      events = withEvent(events, event(String(i)))
    }
    expect(events).toHaveLength(SHOWN)
    expect(events[0]?.id).toBe(String(SHOWN + 19))
  })

  it('skip data that is no event', () => {
    expect(readEvent('oops')).toBeNull()
    expect(readEvent('{"id":1}')).toBeNull()
    expect(
      readEvent(
        '{"id":"evt_1","type":"cluster.running","resourceType":"cluster","resourceId":"cls_1"}',
      ),
    ).toEqual({ id: 'evt_1', type: 'cluster.running', time: '', subject: 'cluster cls_1' })
  })
})
