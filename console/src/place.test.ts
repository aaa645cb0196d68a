import { expect, it } from 'vitest'
import { placeOf } from './place'

it('leads home from an empty or unknown fragment', () => {
  expect(placeOf('')).toEqual({ page: 'home' })
  expect(placeOf('#/nowhere')).toEqual({ page: 'home' })
})

it('knows the documents of each surface, and takes the cloud for others', () => {
  expect(placeOf('#/documents/studio')).toEqual({ page: 'documents', surface: 'studio' })
  expect(placeOf('#/documents/other')).toEqual({ page: 'documents', surface: 'cloud' })
})
