import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** Where `npm run dev` finds the server. */
const target = process.env.ORRERY_URL ?? 'http://127.0.0.1:8080'
/** The Host stays what the browser says, so that it agrees with the Origin. */
const server = { target, changeOrigin: false }

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'target/classes/META-INF/resources',
    // No inline script or data: the page's own policy forbids it.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Swagger UI is large and loaded only by who opens the documents.
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { '/v1': server, '/api': server, '/openapi': server, '/setup': server } },
  test: { include: ['src/**/*.test.ts'] },
})
