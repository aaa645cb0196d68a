// Pages of other origins talk to a server, in a real browser:
//
//     node browser/cross-origin.mjs http://127.0.0.1:8080 /usr/bin/chromium \
//         http://localhost:5001 http://localhost:5002 '{"client_id": …, "code": …, …}'
//
// The first page's origin is registered, the second's is not. Ends with 1 and the reason when a
// script can read what it must not, or cannot read what it must.
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const [address, executablePath, registered, stranger, form] = process.argv.slice(2)
const auth = `${address}/v1/regions/global/auth`

// Generous: a busy machine is slow, not broken.
const timeout = 120_000
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout })
try {
  const ours = await open(registered)
  const theirs = await open(stranger)
  for (const page of [ours, theirs]) {
    for (const path of ['openid-configuration', 'oauth-authorization-server', 'jwks.json']) {
      assert.equal((await ask(page, `${address}/.well-known/${path}`)).status, 200, path)
    }
  }
  const token = { method: 'POST', body: JSON.parse(form) }
  assert.equal(
    await ask(theirs, `${auth}/token`, { ...token, body: { ...token.body, code: 'x' } }),
    'refused',
    'a stranger reads no refusal either',
  )
  const wrong = await ask(ours, `${auth}/token`, { ...token, body: { ...token.body, code: 'x' } })
  assert.equal(wrong.status, 400, 'refusals can be read')
  assert.equal(JSON.parse(wrong.text).error, 'invalid_grant')
  const tokens = await ask(ours, `${auth}/token`, token)
  assert.equal(tokens.status, 200, tokens.text)
  const { access_token: access } = JSON.parse(tokens.text)
  await shown(ours, theirs, access)
  const revoke = { method: 'POST', body: { token: access, client_id: token.body.client_id } }
  assert.equal(await ask(theirs, `${auth}/revoke`, revoke), 'refused')
  assert.equal((await ask(ours, `${auth}/revoke`, revoke)).status, 200)
  for (const path of [`${auth}/me`, `${auth}/introspect`, `${address}/oauth2/authorize`]) {
    assert.equal(await ask(ours, path), 'refused', `${path} is nobody's to read`)
  }
} finally {
  await browser.close()
}

async function shown(ours, theirs, access) {
  const headers = { Authorization: `Bearer ${access}` }
  const userinfo = `${address}/oauth2/userinfo`
  const wrong = await ask(ours, userinfo, { headers: { Authorization: 'Bearer none' } })
  assert.equal(wrong.status, 401)
  assert.match(wrong.challenge, /invalid_token/)
  assert.equal(await ask(theirs, userinfo, { headers }), 'refused')
  assert.equal(
    await ask(ours, userinfo, { headers, credentials: 'include' }),
    'refused',
    'never with cookies',
  )
  const person = await ask(ours, userinfo, { headers })
  assert.equal(person.status, 200)
  assert.ok(JSON.parse(person.text).sub)
}

async function open(origin) {
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(timeout)
  await page.goto(origin)
  return page
}

function ask(page, url, options = {}) {
  return page.evaluate(
    async ([url, { body, ...rest }]) => {
      try {
        const answer = await fetch(url, body ? { ...rest, body: new URLSearchParams(body) } : rest)
        return {
          status: answer.status,
          text: await answer.text(),
          challenge: answer.headers.get('WWW-Authenticate'),
        }
      } catch {
        return 'refused'
      }
    },
    [url, options],
  )
}
