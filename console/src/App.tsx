import { Alert, Anchor, Button, Container, Group, Loader, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Home } from './pages/Home'
import { SignIn } from './pages/SignIn'
import { Invited } from './parts/Invited'
import { usePlace } from './place'
import { me, signOut } from './session'

const Documents = lazy(() => import('./pages/Documents'))

/** The start page: who you are, what happens, what to type next, and the documents. */
export function App() {
  const place = usePlace()
  const client = useQueryClient()
  const session = useQuery({ queryKey: ['me'], queryFn: me })

  const leave = useMutation({ mutationFn: signOut, onSuccess: () => client.resetQueries() })

  return (
    <Container size="lg" py="md">
      <Group component="header" justify="space-between" mb="lg">
        <Group gap="sm">
          <img src="/orrery.svg" alt="" width={32} height={32} />
          <Title order={1} size="h3">
            Orrery
          </Title>
          <Text c="dimmed" visibleFrom="sm">
            a control plane for AI clouds on Kubernetes
          </Text>
        </Group>
        <Group component="nav" aria-label="Main">
          <Anchor href="#/">Home</Anchor>
          <Anchor href="#/documents/cloud">API</Anchor>
          {session.data && (
            <Button variant="subtle" size="compact-sm" onClick={() => leave.mutate()}>
              Sign out {session.data.email}
            </Button>
          )}
        </Group>
      </Group>
      <main>
        {leave.isError && <Alert color="red">{leave.error.message}</Alert>}
        {place.page === 'documents' ? (
          <Suspense fallback={<Loader aria-label="Loading" />}>
            <Documents surface={place.surface} />
          </Suspense>
        ) : session.isPending ? (
          <Loader aria-label="Loading" />
        ) : session.isError ? (
          <Alert color="red" title="The server does not answer as it should">
            {session.error.message}
          </Alert>
        ) : session.data ? (
          <>
            <Invited />
            <Home me={session.data} />
          </>
        ) : (
          <SignIn />
        )}
      </main>
    </Container>
  )
}
