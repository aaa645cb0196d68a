import { Alert, Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useInvitation } from '../place'
import { accept } from '../session'

/** Asks whoever opened an invitation's link, and is signed in, whether to come. */
export function Invited() {
  const token = useInvitation()
  const client = useQueryClient()
  const join = useMutation({ mutationFn: accept, onSuccess: () => client.invalidateQueries() })
  return token === null ? null : (
    <Alert title="You were invited to an organization" mb="lg">
      {join.isError && <Text role="alert">{join.error.message}</Text>}
      <Button size="compact-sm" mt="xs" loading={join.isPending} onClick={() => join.mutate(token)}>
        Come with this account
      </Button>
    </Alert>
  )
}
