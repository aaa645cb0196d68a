import { Badge, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { call, type Envelope } from '../api'
import { type Connection, useEvents } from '../events'

interface Run {
  id: string
  type: string
  status: string
  resourceType: string | null
  resourceId: string | null
  startedAt: string | null
  durationMs: number | null
}

const COLORS: Record<string, string> = {
  completed: 'green',
  failed: 'red',
  cancelled: 'gray',
}

const SAID: Record<Connection, string> = {
  connecting: 'connecting …',
  live: 'live',
  lost: 'connection lost; it comes back by itself',
}

/** Runs and events, as they happen. */
export function Activity() {
  const client = useQueryClient()
  const runs = useQuery({
    queryKey: ['runs'],
    queryFn: () => call<Envelope<Run[]>>('/v1/regions/global/workflows/runs?pageSize=10'),
  })
  const refresh = useCallback(() => void client.invalidateQueries({ queryKey: ['runs'] }), [client])
  const [events, connection] = useEvents(refresh)

  return (
    <Stack component="section" aria-labelledby="activity">
      <Group>
        <Title order={2} size="h4" id="activity">
          Runs and events
        </Title>
        <Text size="sm" c="dimmed" role="status">
          {SAID[connection]}
        </Text>
      </Group>
      {runs.isError && <Text c="red">{runs.error.message}</Text>}
      <Runs runs={runs.data?.data ?? []} />
      <Table aria-label="Events" verticalSpacing={4}>
        <Table.Tbody>
          {events.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td>{clock(event.time)}</Table.Td>
              <Table.Td>{event.type}</Table.Td>
              <Table.Td>{event.subject}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {events.length === 0 && <Text c="dimmed">No events since this page was opened.</Text>}
    </Stack>
  )
}

function Runs({ runs }: { runs: Run[] }) {
  if (runs.length === 0) {
    return <Text c="dimmed">No runs yet: ./orrery demo starts some.</Text>
  }
  return (
    <Table aria-label="Runs" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Started</Table.Th>
          <Table.Th>Run</Table.Th>
          <Table.Th>For</Table.Th>
          <Table.Th>Status</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <Table.Tr key={run.id}>
            <Table.Td>{clock(run.startedAt)}</Table.Td>
            <Table.Td title={run.id}>{run.type}</Table.Td>
            <Table.Td>{run.resourceId}</Table.Td>
            <Table.Td>
              <Badge color={COLORS[run.status] ?? 'blue'}>{run.status}</Badge>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function clock(time: string | null): string {
  return time ? new Date(time).toLocaleTimeString() : ''
}
