// Runs the OAuth clients of others against our provider, through every grant, and prints a line for
// each step that went well: node journey.mjs FOLDER-OF-NODE-MODULES < wishes.json
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(resolve(process.argv[2], 'x.js'));
const load = name => import(pathToFileURL(require.resolve(name)));
const openid = await load('openid-client');
const oauth = await load('oauth4webapi');
const { importJWK } = await load('jose');
const wishes = JSON.parse(readFileSync(0, 'utf8'));
const issuer = new URL(wishes.issuer);
const insecure = { [oauth.allowInsecureRequests]: true };

function went(step) {
  console.log(`ok ${step}`);
}

function check(good, what) {
  if (!good) {
    throw new Error(what);
  }
}

// The person's browser: keeps cookies, fills in forms, stops where it is sent to the client.
function browser() {
  const cookies = new Map();
  async function go(url, form) {
    const response = await fetch(new URL(url, issuer), {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      body: form && new URLSearchParams(form),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form && { origin: issuer.origin }),
      },
    });
    for (const header of response.headers.getSetCookie()) {
      const [name, value] = header.split(';')[0].split('=');
      cookies.set(name, value);
    }
    return { location: response.headers.get('location'), body: await response.text() };
  }
  async function submit(page, fields) {
    const action = /<form method="post" action="([^"]*)"/.exec(page.body)?.[1];
    check(action, `no form: ${page.body}`);
    const form = { ...fields };
    for (const [, name, value] of page.body.matchAll(/type="hidden" name="(.*?)" value="(.*?)"/g)) {
      form[name] = value;
    }
    return go(action, form);
  }
  return async function allow(url) {
    let page = await go(url);
    if (page.body.includes('name="password"')) {
      page = await submit(page, { name: wishes.name, password: wishes.password });
    }
    if (page.body.includes('value="allow"')) {
      page = await submit(page, { answer: 'allow' });
    }
    return page.location ? new URL(page.location) : page;
  };
}

async function withOpenidClient(kind, wish) {
  const key = wish.jwk && { key: await importJWK(wish.jwk, 'ES256'), kid: wish.jwk.kid };
  const authentication = {
    basic: () => openid.ClientSecretBasic(wish.secret),
    post: () => openid.ClientSecretPost(wish.secret),
    key: () => openid.PrivateKeyJwt(key),
    public: () => openid.None(),
  }[kind]();
  const config = await openid.discovery(issuer, wish.id, undefined, authentication,
    { execute: [openid.allowInsecureRequests] });
  const verifier = openid.randomPKCECodeVerifier();
  const nonce = openid.randomNonce();
  const state = openid.randomState();
  const asked = openid.buildAuthorizationUrl(config, {
    redirect_uri: wishes.redirect,
    scope: 'openid profile email offline_access',
    prompt: 'consent',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
  });
  const back = await browser()(asked);
  const tokens = await openid.authorizationCodeGrant(config, back,
    { pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state, idTokenExpected: true });
  const subject = tokens.claims().sub;
  went(`openid-client ${kind} authorization_code`);
  const who = await openid.fetchUserInfo(config, tokens.access_token, subject);
  check(who.email === wishes.name, `userinfo says ${JSON.stringify(who)}`);
  went(`openid-client ${kind} userinfo`);
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token);
  check(next.refresh_token !== tokens.refresh_token, 'the refresh token stayed');
  check(next.claims().sub === subject, 'the subject changed');
  went(`openid-client ${kind} refresh_token`);
  if (kind !== 'public') {
    const said = await openid.tokenIntrospection(config, next.access_token);
    check(said.active && said.client_id === wish.id, `introspection says ${JSON.stringify(said)}`);
    went(`openid-client ${kind} introspection`);
  }
  await openid.tokenRevocation(config, next.refresh_token);
  const refused = await openid.refreshTokenGrant(config, next.refresh_token)
    .then(() => false, problem => problem.error === 'invalid_grant');
  check(refused, 'a revoked token was taken');
  went(`openid-client ${kind} revocation`);
  const out = openid.buildEndSessionUrl(config,
    { id_token_hint: next.id_token, post_logout_redirect_uri: wishes.loggedOut });
  const left = await browser()(out);
  check(left.href === wishes.loggedOut, `sent to ${left.href}`);
  went(`openid-client ${kind} end_session`);
}

async function deviceWithOpenidClient() {
  const config = await openid.discovery(issuer, wishes.device, undefined, openid.None(),
    { execute: [openid.allowInsecureRequests] });
  const begun = await openid.initiateDeviceAuthorization(config, { scope: 'openid api' });
  const page = await browser()(begun.verification_uri_complete);
  check(page.body?.includes('Connected'), 'the device was not connected');
  const tokens = await openid.pollDeviceAuthorizationGrant(config, begun);
  check(tokens.access_token, 'no token');
  went('openid-client public device_code');
}

async function withOauth4webapi(wish) {
  const server = await oauth.processDiscoveryResponse(issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
  went('oauth4webapi RFC 8414 discovery');
  const client = { client_id: wish.id };
  const authentication = oauth.ClientSecretBasic(wish.secret);
  const verifier = oauth.generateRandomCodeVerifier();
  const nonce = oauth.generateRandomNonce();
  const state = oauth.generateRandomState();
  const asked = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({
    client_id: wish.id,
    redirect_uri: wishes.redirect,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    nonce,
    state,
    max_age: '600',
  })) {
    asked.searchParams.set(name, value);
  }
  const back = oauth.validateAuthResponse(server, client, await browser()(asked), state);
  const response = await oauth.authorizationCodeGrantRequest(server, client, authentication, back,
    wishes.redirect, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response,
    { expectedNonce: nonce, maxAge: 600, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(server, response, insecure);
  went('oauth4webapi authorization_code with its signature');
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const who = await oauth.processUserInfoResponse(server, client, claims.sub,
    await oauth.userInfoRequest(server, client, tokens.access_token, insecure));
  check(who.email === wishes.name, `userinfo says ${JSON.stringify(who)}`);
  went('oauth4webapi userinfo');
  const next = await oauth.processRefreshTokenResponse(server, client,
    await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token,
      insecure));
  went('oauth4webapi refresh_token');
  const said = await oauth.processIntrospectionResponse(server, client,
    await oauth.introspectionRequest(server, client, authentication, next.access_token, insecure));
  check(said.active, 'the token is not active');
  went('oauth4webapi introspection');
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, next.access_token, insecure));
  const gone = await oauth.processIntrospectionResponse(server, client,
    await oauth.introspectionRequest(server, client, authentication, next.access_token, insecure));
  check(!gone.active, 'the token is still active');
  went('oauth4webapi revocation');
}

await Promise.all([
  ...Object.entries(wishes.clients).map(([kind, wish]) => withOpenidClient(kind, wish)),
  deviceWithOpenidClient(),
  withOauth4webapi(wishes.clients.basic),
]);
