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

/** The token of an invitation's link: `#invitation=…`; the browser sends it to nobody. */
export function invitationOf(fragment: string): string | null {
  return /^#invitation=([A-Za-z0-9_-]{43})$/.exec(fragment)?.[1] ?? null
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

export function useInvitation(): string | null {
  return invitationOf(useSyncExternalStore(subscribe, () => window.location.hash))
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => window.location.hash))
}
