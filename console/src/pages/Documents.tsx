import { Tabs } from '@mantine/core'
import { useEffect, useRef } from 'react'
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'
import { SURFACES, type Surface } from '../place'

/** The three API documents, to read and to try with the session's cookie. */
export default function Documents({ surface }: { surface: Surface }) {
  const shown = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (shown.current) {
      SwaggerUi({
        domNode: shown.current,
        url: `/openapi/${surface}.yaml`,
        docExpansion: 'list',
        defaultModelsExpandDepth: 0,
        deepLinking: false,
        tryItOutEnabled: true,
        validatorUrl: null,
      })
    }
  }, [surface])

  return (
    <Tabs
      value={surface}
      onChange={(name) => {
        window.location.hash = `/documents/${name}`
      }}
    >
      <Tabs.List aria-label="API families">
        {SURFACES.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={surface} pt="md">
        <div ref={shown} key={surface} />
      </Tabs.Panel>
    </Tabs>
  )
}
