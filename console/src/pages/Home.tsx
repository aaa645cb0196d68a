import { Badge, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call, type Envelope } from '../api'
import { Activity } from '../parts/Activity'
import { NextSteps } from '../parts/NextSteps'
import type { Me } from '../session'

interface Region {
  code: string
  displayName: string
  state: string
  features: string[]
}

/** What a person sees who is signed in. */
export function Home({ me }: { me: Me }) {
  return (
    <Stack gap="xl">
      <div>
        <Text>
          Signed in as {me.fullname || me.email}, organization {me.organization}.
        </Text>
        <Regions />
      </div>
      <NextSteps address={window.location.origin} />
      <Activity />
    </Stack>
  )
}

function Regions() {
  const regions = useQuery({
    queryKey: ['regions'],
    queryFn: () => call<Envelope<Region[]>>('/v1/regions'),
  })
  return (
    <Group component="section" aria-label="Regions" mt="xs">
      <Title order={2} size="h6">
        Regions
      </Title>
      {regions.isError && <Text c="red">{regions.error.message}</Text>}
      {regions.data?.data.map((region) => (
        <Group key={region.code} gap={6}>
          <Text>{region.displayName || region.code}</Text>
          <Badge color={region.state === 'active' ? 'green' : 'orange'}>{region.state}</Badge>
          {region.features.includes('simulated') && (
            <Badge color="grape" title="Nothing here runs on real machines.">
              simulated
            </Badge>
          )}
        </Group>
      ))}
    </Group>
  )
}
