/** What a server refused, in its own words. */
export class Refused extends Error {
  readonly status: number
  /** Field path → what is wrong with it. */
  readonly fields: Record<string, string>

  constructor(status: number, message: string, fields: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.fields = fields
  }
}

/** Reads a refusal of any of the three API families. */
export function refusal(status: number, body: unknown): Refused {
  if (typeof body === 'object' && body !== null) {
    if ('error' in body && typeof body.error === 'object' && body.error !== null) {
      const error = body.error as {
        message?: string
        details?: { fields?: Record<string, string> }
      }
      return new Refused(status, error.message ?? `status ${status}`, error.details?.fields)
    }
    if ('error' in body && typeof body.error === 'string') {
      return new Refused(status, body.error)
    }
    if ('msg' in body && typeof body.msg === 'string') {
      return new Refused(status, body.msg)
    }
  }
  return new Refused(status, `The server answered with status ${status}.`)
}

/** Sends a request with the session cookie and reads the JSON of the answer. */
export async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { credentials: 'same-origin', ...init })
  const text = await response.text()
  const body = parse(text)
  if (!response.ok) {
    throw refusal(response.status, body)
  }
  return body as T
}

/** Sends `body` as JSON. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return call<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/** The cloud family's envelope. */
export interface Envelope<T> {
  data: T
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}
