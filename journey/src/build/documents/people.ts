// Who people are, where they belong and what they may do.
import { createHmac } from 'node:crypto';
import { ask, done, refuse, send, server, text } from './client.js';

const PASSWORD = 'a plainer heron 91';
const NOBODY = { token: 'none' };

/** The studio family has the sign-in by password. */
export async function studio(path: string, body: object): Promise<{ token: string }> {
  const answer = await fetch(`${server}/v1/api/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
  return await answer.json() as { token: string };
}

export async function signIn(email: string): Promise<string> {
  return (await studio('auth/login', { email, password: PASSWORD })).token;
}

export async function register(email: string, setupCode: string) {
  await studio('auth/register', { email, password: PASSWORD, name: 'Reader', setupCode });
}

async function invited(organization: string, email: string) {
  const made = await ask('Invitations.create', { organization },
    { body: { email, role: 'member' } });
  return { id: made.id, token: made.link!.split('=')[1] };
}

/** An organization with two who were invited, until it is gone. */
export async function members(region: string, me: string): Promise<void> {
  const made = await ask('Organizations.create', {}, { body: { name: 'readers' }, key: 'readers' });
  const organization = made.id;
  const its = { organization };
  await ask('Organizations.get', its);
  await ask('Organizations.change', its, {
    body: { displayName: 'Readers', settings: { apiKeyMaxTtlDays: 30 } }, version: made.version });
  await ask('OrganizationQuotas.change', its, { body: { clusterCount: 2, gpuCount: null } });
  await ask('OrganizationQuotas.get', its);
  await refuse(412, 'PRECONDITION_FAILED', 'Organizations.change', its,
    { body: { displayName: 'Late' }, version: made.version });

  const first = await invited(organization, 'first@readers.example');
  await ask('Invitations.get', { ...its, invitation: first.id });
  const again = await ask('Invitations.resend', { ...its, invitation: first.id });
  const accepted = await ask('AcceptInvitation.accept', { ...its, invitation: first.id }, {
    token: '',
    body: { token: again.link!.split('=')[1], displayName: 'First', password: PASSWORD } });
  const second = await ask('OwnInvitations.accept', {}, {
    token: '', body: { token: (await invited(organization, 'second@readers.example')).token,
      displayName: 'Second', password: PASSWORD } });
  await ask('Invitations.revoke',
    { ...its, invitation: (await invited(organization, 'third@readers.example')).id });
  await ask('Invitations.revokeNamed', its,
    { query: { invitationId: (await invited(organization, 'fourth@readers.example')).id } });
  await refuse(404, 'NOT_FOUND', 'Invitations.get', { ...its, invitation: 'inv_none' });

  const token = await signIn('first@readers.example');
  await refuse(403, 'FORBIDDEN', 'OwnInvitations.list', {}, { token });
  await refuse(403, 'FORBIDDEN', 'RegionalInvitations.list', { region }, { token });
  await refuse(403, 'FORBIDDEN', 'OwnInvitations.acceptOwn', { invitation: first.id }, { token });
  await refuse(403, 'FORBIDDEN', 'Invitations.create', its,
    { token, body: { email: 'more@readers.example', role: 'member' } });
  await refuse(404, 'NOT_FOUND', 'Pools.list', {}, { token });
  await factors(token);

  await ask('Members.change', { ...its, member: accepted.userId }, { body: { role: 'admin' } });
  await ask('Organizations.transfer', its, { body: { userId: accepted.userId } });
  await ask('Organizations.transfer', its, { token, body: { userId: me } });
  const query = { orgId: organization };
  await ask('Users.get', { user: second.userId }, { query });
  await ask('Users.change', { user: second.userId },
    { query, body: { displayName: 'The second' } });
  await ask('MemberFactors.remove', { user: second.userId }, { query });
  await ask('Users.remove', { user: second.userId }, { query });
  await ask('Members.remove', { ...its, member: accepted.userId });
  await done('Organizations.delete', its);
}

/** What an authenticator shows (RFC 6238). */
function code(secret: string, now: number): string {
  const bits = [...secret].map(it => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(it)
    .toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map(it => parseInt(it, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function factors(token: string) {
  const begun = await ask('Factors.begin', {}, { token });
  const added = await ask('Factors.confirm', {}, { token,
    body: { enrolment: begun.enrolment, code: code(begun.secret, Date.now()) } });
  await ask('Factors.list', {}, { token });
  await ask('Factors.renew', {}, { token });
  const asked = await ask('Factors.beginPasskey', {}, { token });
  await refuse(422, 'UNPROCESSABLE', 'Factors.addPasskey', {}, { token,
    body: { challenge: asked.challenge, name: 'Key', credential: {} } });
  await ask('Factors.remove', { factor: added.factor.id }, { token });
  const options = await ask('PasskeyLogin.ask', {}, { token: '' });
  await refuse(401, 'UNAUTHORIZED', 'PasskeyLogin.signIn', {},
    { token: '', body: { challenge: options.challenge, credential: {} } });
}

/** One's own sessions and profile, and what tokens are good for. */
export async function self(organization: string): Promise<void> {
  await ask('Me.me', {});
  await ask('Profile.get', {});
  await ask('Profile.change', {}, { body: { preferences: { theme: 'dark' } } });
  await ask('Consents.list', {});
  await ask('Identities.list', {});
  await ask('Sessions.organizations', {});
  await text('Verify.verify', {});
  const token = await signIn('reader@orrery.local');
  const session = await ask('Sessions.current', {}, { token });
  await ask('Sessions.move', {}, { token, body: { organizationId: organization } });
  await ask('Sessions.end', { session: session.id });
  await refuse(401, 'TOKEN_REVOKED', 'Me.me', {}, { token });
  await ask('Me.end', {}, { token: await signIn('reader@orrery.local') });
  await refuse(401, 'UNAUTHORIZED', 'Me.me', {}, NOBODY);
  await ask('Checks.check', {}, { query: { explain: true }, body: { checks: [
    { action: 'org.projects.list', resource: organization },
    { action: 'compute.clusters.get', resource: 'cls_none' }] } });
}

export async function credentials(organization: string): Promise<void> {
  const made = await ask('ApiKeys.create', {}, { body: {
    displayName: 'Reading', scope: 'organization', scopeId: organization } });
  const key = { key: made.id };
  await ask('ApiKeys.get', key);
  await ask('ApiKeys.change', key, { body: { description: 'A key' }, version: made.version });
  const rotated = await ask('ApiKeys.rotate', key, { body: { gracePeriodSeconds: 0 } });
  const issued = await ask('Tokens.token', {}, { token: '',
    body: { grant_type: 'api_key', api_key: rotated.secret } }) as { access_token: string };
  await ask('Tokens.introspect', {}, { body: { token: issued.access_token } });
  await ask('Me.me', {}, { token: issued.access_token });
  await ask('Tokens.revoke', {}, { body: { token: issued.access_token } });
  await refuse(400, 'UNSUPPORTED_GRANT_TYPE', 'Tokens.token', {},
    { token: '', body: { grant_type: 'password' } });
  await ask('ApiKeys.delete', key);

  const robot = await ask('ServiceAccounts.create', {}, { body: {
    displayName: 'Robot', scope: 'organization', scopeId: organization, roles: [] } });
  const account = { account: robot.id };
  await ask('ServiceAccounts.get', account);
  await ask('ServiceAccounts.change', account, { body: { description: 'It reads' } });
  const credential = await ask('ServiceAccounts.addCredential', account,
    { body: { expiresAt: new Date(Date.now() + 86_400_000).toISOString() } });
  await ask('ServiceAccounts.credential', { ...account, credential: credential.id });
  await ask('ServiceAccounts.credentials', account);
  await ask('ServiceAccounts.deleteCredential', { ...account, credential: credential.id });
  await ask('ServiceAccounts.delete', account);
}

export async function rights(me: string): Promise<void> {
  await ask('Roles.permissions', {});
  const role = await ask('Roles.create', {}, { body: {
    name: 'keeper', displayName: 'Keeper', permissions: ['compute.clusters.get'] } });
  await ask('Roles.get', { role: role.id });
  await ask('Roles.change', { role: role.id }, { body: { description: 'Keeps' } });
  const made = await ask('Groups.create', {}, { body: { name: 'crew', displayName: 'Crew' } });
  const group = { group: made.id };
  await ask('Groups.get', group);
  await ask('Groups.change', group, { body: { description: 'All' }, version: made.version });
  const member = await ask('Groups.add', group, { body: { userId: me } });
  await ask('Groups.member', { ...group, member: member.id });
  await ask('Groups.members', group);
  const policy = await ask('Policies.create', {}, { body: {
    role: 'keeper', principal: { type: 'group', id: made.id }, scope: { type: 'org' } } });
  await ask('Policies.get', { policy: policy.id });
  await refuse(409, 'ALREADY_EXISTS', 'Groups.create', {},
    { body: { name: 'crew', displayName: 'Crew' } });
  await ask('Policies.delete', { policy: policy.id });
  await ask('Groups.remove', { ...group, member: member.id });
  await ask('Groups.delete', group);
  await ask('Roles.delete', { role: role.id });
}

/** Other providers and applications. */
export async function others(organization: string): Promise<void> {
  const made = await ask('Providers.create', {}, { body: {
    name: 'elsewhere', displayName: 'Elsewhere', tenantDomain: 'readers.example', oidcConfig: {
      discoveryUrl: 'https://login.readers.example/.well-known/openid-configuration',
      clientId: 'orrery' } } });
  const provider = { provider: made.id };
  await ask('Providers.get', provider);
  await ask('Providers.change', provider, { body: { displayName: 'Else' }, version: made.version });
  await ask('Providers.test', provider);
  await ask('Providers.approve', provider);
  await refuse(422, 'UNPROCESSABLE', 'Providers.prove', provider);
  await ask('Providers.delete', provider);
  await refuse(404, 'NOT_FOUND', 'Identities.link', {}, { body: { provider: 'elsewhere' } });
  await refuse(404, 'NOT_FOUND', 'Identities.remove', { identity: 'idn_none' });

  const asked = await ask('Clients.create', {}, { body: { organizationId: organization,
    displayName: 'Reader', redirectUris: ['https://reader.example/back'],
    authentication: 'client_secret' } });
  const client = { client: asked.client.id };
  await ask('Clients.get', client);
  await ask('Clients.change', client, { body: { description: 'Reads' } });
  await ask('Clients.rotate', client, { body: {} });
  await ask('Initiate.initiate', {}, { token: '', body: { email: 'first@readers.example',
    clientId: asked.client.clientId, redirectUri: 'https://reader.example/back' } });
  for (const page of [await send('Callback.callback', {}, { token: '' }, true),
    await send('Callback.callback.regions', provider, { token: '' }, true)]) {
    if (page.status !== 400 || !page.text.includes('<html')) {
      throw new Error(`a page was to be shown: ${page.status} ${page.text}`);
    }
  }
  await refuse(404, 'NOT_FOUND', 'Consents.withdraw', client);
  await ask('Clients.delete', client);
}
