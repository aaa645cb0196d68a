// A token service of others, to measure beside ours: oidc-provider with its own storage in memory.
// `jwt` as the argument signs access tokens (ES256) as ours are; else they are random names.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const format = process.argv[2] === 'jwt' ? 'jwt' : 'opaque';
const resource = 'https://api.example';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider('http://127.0.0.1', {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
  clients: [{
    client_id: 'bench',
    client_secret: process.env.BENCH_SECRET,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: 'ES256',
  }],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => (format === 'jwt' ? resource : undefined),
      getResourceServerInfo: () => ({
        scope: 'api', accessTokenFormat: 'jwt', accessTokenTTL: 900,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});
provider.proxy = true;
const server = provider.listen(0, '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
