import { expect, it } from 'vitest'
import { invitationOf, placeOf } from './place'

it('finds the token of an invitation, and nothing else', () => {
  const token = 'aB3_-'.padEnd(43, 'x')
  expect(invitationOf(`#invitation=${token}`)).toBe(token)
  expect(invitationOf('#invitation=short')).toBeNull()
  expect(invitationOf('#/documents/cloud')).toBeNull()
})

it('leads home from an empty or unknown fragment', () => {
  expect(placeOf('')).toEqual({ page: 'home' })
  expect(placeOf('#/nowhere')).toEqual({ page: 'home' })
})

it('knows the documents of each surface, and takes the cloud for others', () => {
  expect(placeOf('#/documents/studio')).toEqual({ page: 'documents', surface: 'studio' })
  expect(placeOf('#/documents/other')).toEqual({ page: 'documents', surface: 'cloud' })
})
