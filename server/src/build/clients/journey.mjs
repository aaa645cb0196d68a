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

// What a client of each kind proves itself with, as a library takes it.
async function proof(library, kind, wish) {
  switch (kind) {
    case 'basic':
      return library.ClientSecretBasic(wish.secret);
    case 'post':
      return library.ClientSecretPost(wish.secret);
    case 'key':
      return library.PrivateKeyJwt({ key: await importJWK(wish.jwk, 'ES256'), kid: wish.jwk.kid });
    default:
      return library.None();
  }
}

async function configured(kind, wish) {
  return openid.discovery(issuer, wish.id, undefined, await proof(openid, kind, wish),
    { execute: [openid.allowInsecureRequests] });
}

// An operator acts as somebody else (RFC 8693).
const exchange = {
  subject_token: wishes.subject,
  subject_token_type: 'urn:orrery:params:oauth:token-type:user',
  actor_token: wishes.actor,
  actor_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

async function withOpenidClient(kind, wish) {
  const config = await configured(kind, wish);
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
  const acting = await openid.genericGrantRequest(config, EXCHANGE, exchange);
  check(acting.issued_token_type === exchange.actor_token_type, JSON.stringify(acting));
  went(`openid-client ${kind} token_exchange`);
}

async function deviceWithOpenidClient(kind, wish, scope) {
  const config = await configured(kind, wish);
  const begun = await openid.initiateDeviceAuthorization(config, { scope });
  const page = await browser()(begun.verification_uri_complete);
  check(page.body?.includes('Connected'), 'the device was not connected');
  const tokens = await openid.pollDeviceAuthorizationGrant(config, begun);
  check(tokens.access_token, 'no token');
  went(`openid-client ${kind} device_code`);
}

async function robotWithOpenidClient(kind) {
  const config = await configured(kind, wishes.robot);
  const tokens = await openid.clientCredentialsGrant(config);
  went(`openid-client ${kind} client_credentials`);
  const said = await openid.tokenIntrospection(config, tokens.access_token);
  check(said.active && said.sub === wishes.robot.id, `introspection says ${JSON.stringify(said)}`);
  await openid.tokenRevocation(config, tokens.access_token);
  const gone = await openid.tokenIntrospection(config, tokens.access_token);
  check(!gone.active, 'the token is still active');
  went(`openid-client ${kind} client_credentials, introspection and revocation`);
}

async function robotWithOauth4webapi(kind) {
  const server = await discovered();
  const client = { client_id: wishes.robot.id };
  const authentication = await proof(oauth, kind, wishes.robot);
  const tokens = await oauth.processClientCredentialsResponse(server, client,
    await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, insecure));
  const said = await oauth.processIntrospectionResponse(server, client,
    await oauth.introspectionRequest(server, client, authentication, tokens.access_token, insecure));
  check(said.active, 'the token is not active');
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, tokens.access_token, insecure));
  went(`oauth4webapi ${kind} client_credentials`);
}

async function discovered() {
  return oauth.processDiscoveryResponse(issuer,
    await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
}

async function deviceWithOauth4webapi(kind, wish) {
  const server = await discovered();
  const client = { client_id: wish.id };
  const authentication = await proof(oauth, kind, wish);
  const begun = await oauth.processDeviceAuthorizationResponse(server, client,
    await oauth.deviceAuthorizationRequest(server, client, authentication, { scope: 'openid' },
      insecure));
  const page = await browser()(begun.verification_uri_complete);
  check(page.body?.includes('Connected'), 'the device was not connected');
  await oauth.processDeviceCodeResponse(server, client, await oauth.deviceCodeGrantRequest(
    server, client, authentication, begun.device_code, insecure));
  went(`oauth4webapi ${kind} device_code`);
  await oauth.processGenericTokenEndpointResponse(server, client,
    await oauth.genericTokenEndpointRequest(server, client, authentication, EXCHANGE, exchange,
      insecure));
  went(`oauth4webapi ${kind} token_exchange`);
}

async function withOauth4webapi(kind, wish) {
  const server = await discovered();
  went(`oauth4webapi ${kind} RFC 8414 discovery`);
  const client = { client_id: wish.id };
  const authentication = await proof(oauth, kind, wish);
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
  went(`oauth4webapi ${kind} authorization_code with its signature`);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const who = await oauth.processUserInfoResponse(server, client, claims.sub,
    await oauth.userInfoRequest(server, client, tokens.access_token, insecure));
  check(who.email === wishes.name, `userinfo says ${JSON.stringify(who)}`);
  went(`oauth4webapi ${kind} userinfo`);
  const next = await oauth.processRefreshTokenResponse(server, client,
    await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token,
      insecure));
  went(`oauth4webapi ${kind} refresh_token`);
  if (kind !== 'public') {
    const said = await introspected(next.access_token);
    check(said.active, 'the token is not active');
    went(`oauth4webapi ${kind} introspection`);
  }
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, authentication, next.access_token, insecure));
  if (kind !== 'public') {
    const gone = await introspected(next.access_token);
    check(!gone.active, 'the token is still active');
  }
  went(`oauth4webapi ${kind} revocation`);

  async function introspected(token) {
    return oauth.processIntrospectionResponse(server, client,
      await oauth.introspectionRequest(server, client, authentication, token, insecure));
  }
}

const kinds = Object.entries(wishes.clients);
await Promise.all([
  ...kinds.map(([kind, wish]) => withOpenidClient(kind, wish)),
  ...kinds.map(([kind, wish]) => deviceWithOpenidClient(kind, wish, 'openid')),
  ...kinds.map(([kind, wish]) => withOauth4webapi(kind, wish)),
  ...kinds.map(([kind, wish]) => deviceWithOauth4webapi(kind, wish)),
  ...['basic', 'post'].map(robotWithOpenidClient),
  ...['basic', 'post'].map(robotWithOauth4webapi),
  deviceWithOpenidClient('command-line', { id: wishes.device }, 'openid api'),
]);
