import { call, post, Refused } from './api'
import { invitationOf } from './place'

/** Who is signed in. */
export interface Me {
  username: string
  fullname: string
  email: string
  organization: string
}

/** Whether the server still waits for its first account. */
export interface Setup {
  state: 'waiting' | 'done'
  /** Filled in by a server on this machine; of any other, the operator has it. */
  code: string | null
}

export const setup = () => call<Setup>('/setup')

/** The person signed in, or null. */
export async function me(): Promise<Me | null> {
  try {
    return await call<Me>('/api/v1/me/profile')
  } catch (cause) {
    if (cause instanceof Refused && cause.status === 401) {
      return null
    }
    throw cause
  }
}

export interface Credentials {
  email: string
  password: string
}

/** Opens a cookie session; no token ever reaches this page's scripts. */
export const signIn = ({ email, password }: Credentials) =>
  post('/api/v1/auth/login', { username: email, password })

export interface Registration extends Credentials {
  name: string
  setupCode?: string
  inviteCode?: string
}

export async function signUp(registration: Registration): Promise<void> {
  await post('/v1/api/auth/register', registration)
  if (invitationOf(window.location.hash) !== null) {
    window.location.hash = '#/'
  }
  await signIn(registration)
}

/** Comes to an organization with the account that is signed in. */
export async function accept(token: string): Promise<void> {
  await post('/v1/regions/global/auth/invitations:accept', { token })
  window.location.hash = '#/'
}

export const signOut = () => call('/api/v1/auth/logout', { method: 'POST' })
