// A newcomer's first minute on a fresh server, in a real browser:
//
//     node browser/start-page.mjs http://127.0.0.1:8080 /usr/bin/chromium
//
// Ends with 1 and the reason when something is not as a newcomer should find it.
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const [address, executablePath] = process.argv.slice(2)
const account = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' }

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const page = await browser.newPage()
  const refused = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) {
      refused.push(message.text())
    }
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) {
      refused.push(`asks elsewhere: ${request.url()}`)
    }
  })

  await signUp(page)
  await watchEvents(page)
  await signOutAndIn(page)
  await readDocuments(page)
  assert.deepEqual(refused, [], 'the page keeps to its own policy')
} finally {
  await browser.close()
}

async function signUp(page) {
  await page.goto(address)
  await page.getByRole('heading', { name: 'Make the first account' }).waitFor()
  const code = await page.getByLabel('Setup code').inputValue()
  assert.match(code, /\S{8,}/, 'the setup code is filled in on this machine')
  await page.getByLabel('Name').fill(account.name)
  await page.getByLabel('E-mail').fill(account.email)
  await password(page).fill(account.password)
  await page.getByRole('button', { name: 'Make the first account' }).click()
  await page.getByRole('heading', { name: 'What to type next' }).waitFor()
  await page.getByText(`./orrery demo --url ${address}`).waitFor()
}

async function watchEvents(page) {
  await page.getByText('live', { exact: true }).waitFor()
  const status = await page.evaluate(async () => {
    const body = JSON.stringify({ name: 'seen-live' })
    const headers = { 'Content-Type': 'application/json' }
    const path = '/v1/regions/global/organizations'
    return (await fetch(path, { method: 'POST', headers, body })).status
  })
  assert.equal(status, 201)
  await page.getByRole('table', { name: 'Events' }).getByText('organization.created').waitFor()
}

async function signOutAndIn(page) {
  await page.getByRole('button', { name: `Sign out ${account.email}` }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByLabel('E-mail').fill(account.email)
  await password(page).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Invalid username or password').waitFor()
  await password(page).fill(account.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText(`Signed in as ${account.name}`).waitFor()
}

async function readDocuments(page) {
  await page.getByRole('link', { name: 'API' }).click()
  for (const [surface, operation] of [
    ['cloud', '/v1/regions/global/auth/token'],
    ['studio', '/v1/api/auth/login'],
    ['workspace', '/api/v1/me/profile'],
  ]) {
    await page.getByRole('tab', { name: surface }).click()
    await scrollTo(page, page.locator(`[data-path="${operation}"]`).first())
  }
}

/** A long document shows what is in sight alone, and more as one scrolls. */
async function scrollTo(page, wanted) {
  await page.locator('[data-path]').first().waitFor()
  for (let i = 0; i < 200 && !(await wanted.isVisible()); i++) {
    await page.mouse.wheel(0, 400)
    await page.waitForTimeout(100)
  }
  await wanted.waitFor()
}

function password(page) {
  return page.getByRole('textbox', { name: 'Password' })
}
