import { describe, expect, it } from 'vitest'
import { refusal } from './api'

describe('a refusal', () => {
  it('of the cloud keeps the mistake of every field', () => {
    const refused = refusal(400, {
      success: false,
      error: {
        code: 'VALIDATION_ERROR',
        message: '2 fields are wrong',
        details: { fields: { name: 'is required', cidr: 'is no network' } },
      },
    })
    expect(refused.message).toBe('2 fields are wrong')
    expect(refused.fields).toEqual({ name: 'is required', cidr: 'is no network' })
  })

  it('of the studio is its text', () => {
    expect(refusal(401, { error: 'Invalid email or password' }).message).toBe(
      'Invalid email or password',
    )
  })

  it('of the workspace is its text', () => {
    expect(refusal(404, { status: 404, msg: 'no such workspace' }).message).toBe(
      'no such workspace',
    )
  })

  it('without a body names the status', () => {
    expect(refusal(502, null).message).toContain('502')
  })
})
