import { useSyncExternalStore } from 'react'

export const SURFACES = ['cloud', 'studio', 'workspace'] as const
export type Surface = (typeof SURFACES)[number]

export type Place = { page: 'home' } | { page: 'documents'; surface: Surface }

/** The place that an address's fragment names: `#/documents/studio`. Unknown ones lead home. */
export function placeOf(fragment: string): Place {
  const [page, name] = fragment.replace(/^#\/?/, '').split('/')
  const surface = SURFACES.find((known) => known === name)
  return page === 'documents' ? { page, surface: surface ?? 'cloud' } : { page: 'home' }
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => window.location.hash))
}
