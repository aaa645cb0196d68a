// Somebody adds a passkey and signs in with it, in a real browser with a virtual authenticator:
//
//     node browser/passkeys.mjs http://127.0.0.1:8080 /usr/bin/chromium \
//         '{"name": …, "password": …, "authorize": "/oauth2/authorize?…", "device": …}'
//
// Passkeys belong to names, so this server's are those of localhost. Ends with 1 and the reason.
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const [address, executablePath, told] = process.argv.slice(2)
const { name, password, authorize, device } = JSON.parse(told)
const named = address.replace('127.0.0.1', 'localhost')

// Generous: a busy machine is slow, not broken.
const timeout = 120_000
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout })
try {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.setDefaultTimeout(timeout)
  const refused = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) {
      refused.push(message.text())
    }
  })
  await context.route('https://app.example.com/**', (route) => route.fulfill({ body: 'back' }))
  const keys = await context.newCDPSession(page)
  await keys.send('WebAuthn.enable')
  const { authenticatorId } = await keys.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await add(page)
  await withoutPassword(context, page)
  await afterPassword(context, page)
  await onTheWayToADevice(context, page)
  await keys.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await locked(context, page)
  assert.deepEqual(refused, [], 'the pages keep to their own policy')
} finally {
  await browser.close()
}

async function add(page) {
  await page.goto(named)
  const added = await page.evaluate(
    async ([name, password]) => {
      const post = async (path, body) => {
        const headers = { 'Content-Type': 'application/json' }
        const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
        return { status: answer.status, ...(await answer.json().catch(() => ({}))) }
      }
      const factors = '/v1/regions/global/auth/factors/passkeys'
      await post('/api/v1/auth/login', { username: name, password })
      const { data } = await post(factors, {})
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(data.options.publicKey)
      const credential = await navigator.credentials.create({ publicKey })
      const { challenge, origin } = data
      const body = { challenge, name: 'Virtual', credential: credential.toJSON() }
      return { origin, ...(await post(`${factors}/confirm`, body)) }
    },
    [name, password],
  )
  assert.equal(added.status, 201, JSON.stringify(added))
  assert.equal(added.origin, named)
}

async function withoutPassword(context, page) {
  await context.clearCookies()
  await page.goto(address + authorize)
  assert.ok(await passkey(page).isHidden(), 'not where it cannot work')
  await page.getByText('Passkeys work at').getByRole('link', { name: named }).click()
  await passkey(page).click()
  await allow(page)
}

async function afterPassword(context, page) {
  await context.clearCookies()
  await page.goto(named + authorize)
  await page.getByLabel('E-mail or username').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'One more step' }).waitFor()
  await passkey(page).click()
  await allow(page)
}

async function onTheWayToADevice(context, page) {
  await context.clearCookies()
  await page.goto(`${named}/oauth2/device?user_code=${device}`)
  await passkey(page).click()
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.getByRole('heading', { name: 'Connected' }).waitFor()
}

async function locked(context, page) {
  await context.clearCookies()
  await page.goto(named + authorize)
  await passkey(page).click()
  await page.getByText('That did not work.').waitFor()
}

async function allow(page) {
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.waitForURL(/^https:\/\/app\.example\.com\/cb\?.*code=/)
}

function passkey(page) {
  return page.getByRole('button', { name: 'Sign in with a passkey' })
}
