import { useEffect, useState } from 'react'

/** One event of the log, as the stream sends it. */
export interface LoggedEvent {
  id: string
  type: string
  time: string
  subject: string
}

/** How many are shown; the log itself keeps all. */
export const SHOWN = 50

/** Puts `event` in front; one that came before, after a reconnect, is not shown twice. */
export function withEvent(events: LoggedEvent[], event: LoggedEvent): LoggedEvent[] {
  if (events.some((known) => known.id === event.id)) {
    return events
  }
  return [event, ...events].slice(0, SHOWN)
}

/** Reads the data of one server-sent event; null when it is none. */
export function readEvent(data: string): LoggedEvent | null {
  try {
    const event = JSON.parse(data) as Record<string, unknown>
    const text = (value: unknown) => (typeof value === 'string' ? value : '')
    return typeof event.id === 'string' && typeof event.type === 'string'
      ? {
          id: event.id,
          type: event.type,
          time: text(event.time),
          subject: `${text(event.resourceType)} ${text(event.resourceId)}`.trim(),
        }
      : null
  } catch {
    return null
  }
}

export type Connection = 'connecting' | 'live' | 'lost'

/**
 * Follows the event log. The browser reconnects by itself and sends Last-Event-ID, so nothing is
 * missed while a server restarts.
 */
export function useEvents(onEvent: () => void): [LoggedEvent[], Connection] {
  const [events, setEvents] = useState<LoggedEvent[]>([])
  const [connection, setConnection] = useState<Connection>('connecting')
  useEffect(() => {
    const source = new EventSource('/v1/regions/global/events/stream')
    source.onopen = () => setConnection('live')
    source.onerror = () => setConnection('lost')
    source.onmessage = (message) => {
      const event = readEvent(message.data)
      if (event) {
        setEvents((known) => withEvent(known, event))
        onEvent()
      }
    }
    return () => source.close()
  }, [onEvent])
  return [events, connection]
}
