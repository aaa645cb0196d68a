import {
  Alert,
  Button,
  Loader,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Refused } from '../api'
import { useInvitation } from '../place'
import { setup, signIn, signUp } from '../session'

/** Signs in; on a fresh server, makes the first account. */
export function SignIn() {
  const state = useQuery({ queryKey: ['setup'], queryFn: setup })
  const invitation = useInvitation()
  const [joining, setJoining] = useState(invitation !== null)
  if (state.isPending) {
    return <Loader aria-label="Loading" />
  }
  const first = state.data?.state === 'waiting'
  return (
    <Paper withBorder maw={420} mx="auto" p="lg">
      <Entrance
        kind={first ? 'first' : joining ? 'invited' : 'known'}
        code={invitation ?? state.data?.code ?? null}
      />
      {!first && (
        <Button variant="subtle" size="compact-sm" mt="md" onClick={() => setJoining(!joining)}>
          {joining ? 'I have an account' : 'I have an invite code'}
        </Button>
      )}
    </Paper>
  )
}

type Kind = 'first' | 'invited' | 'known'

const TITLES: Record<Kind, string> = {
  first: 'Make the first account',
  invited: 'Sign up',
  known: 'Sign in',
}

function Entrance({ kind, code }: { kind: Kind; code: string | null }) {
  const client = useQueryClient()
  const enter = useMutation({
    mutationFn: (form: FormData) => {
      const text = (name: string) => String(form.get(name) ?? '')
      const credentials = { email: text('email'), password: text('password') }
      return kind === 'known'
        ? signIn(credentials)
        : signUp({
            ...credentials,
            name: text('name'),
            [kind === 'first' ? 'setupCode' : 'inviteCode']: text('code'),
          })
    },
    onSuccess: () => client.invalidateQueries(),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    enter.mutate(new FormData(event.currentTarget))
  }
  const wrong = enter.error instanceof Refused ? enter.error.fields : {}

  return (
    <form onSubmit={submit} key={kind}>
      <Stack>
        <Title order={2} size="h4">
          {TITLES[kind]}
        </Title>
        {kind === 'first' && (
          <Text size="sm">It administers this server and operates the whole platform.</Text>
        )}
        {enter.error && (
          <Alert color="red" role="alert">
            {enter.error.message}
          </Alert>
        )}
        {kind !== 'known' && (
          <TextInput name="name" label="Name" autoComplete="name" required error={wrong.name} />
        )}
        <TextInput
          name="email"
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          error={wrong.email}
        />
        <PasswordInput
          name="password"
          label="Password"
          autoComplete={kind === 'known' ? 'current-password' : 'new-password'}
          required
          error={wrong.password}
        />
        {kind !== 'known' && (
          <TextInput
            name="code"
            label={kind === 'first' ? 'Setup code' : 'Invite code'}
            description={
              kind === 'first' ? 'Printed by the server when it started.' : 'From who invited you.'
            }
            defaultValue={code ?? ''}
            required
            error={wrong.setupCode ?? wrong.inviteCode}
          />
        )}
        <Button type="submit" loading={enter.isPending}>
          {TITLES[kind]}
        </Button>
      </Stack>
    </form>
  )
}
