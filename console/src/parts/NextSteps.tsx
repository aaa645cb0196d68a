import { Code, CopyButton, Group, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { commands } from './commands'

/** What to type next. */
export function NextSteps({ address }: { address: string }) {
  return (
    <Stack component="section" aria-labelledby="next" gap="xs">
      <Title order={2} size="h4" id="next">
        What to type next
      </Title>
      {commands(address).map(({ purpose, command }) => (
        <Paper withBorder p="sm" key={purpose}>
          <Group justify="space-between" wrap="nowrap" align="start">
            <div style={{ minWidth: 0 }}>
              <Text size="sm">{purpose}</Text>
              <pre className="command">
                <Code>{command}</Code>
              </pre>
            </div>
            <CopyButton value={command}>
              {({ copied, copy }) => (
                <UnstyledButton onClick={copy} aria-label={`Copy: ${purpose}`}>
                  <Text size="sm" c="blue" aria-live="polite">
                    {copied ? 'copied' : 'copy'}
                  </Text>
                </UnstyledButton>
              )}
            </CopyButton>
          </Group>
        </Paper>
      ))}
    </Stack>
  )
}
