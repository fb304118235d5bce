// An organisation that vouches for its people: the certified oidc-provider, with people who can be changed while it runs.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

// organisation listens at once; serve makes it answer, when it is known where Samklang is. acr and amr are how people log in there.
export async function organisation({ key, name, people, acr }) {
  let handle = (req, res) => res.writeHead(503).end();
  const server = createServer((req, res) => handle(req, res));
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const issuer = `http://localhost:${server.address().port}`;
  const own = {
    issuer,
    name,
    people,
    acr,
    settings: (more) => `[provider ${key}]\nname = ${name}\nissuer = ${issuer}\nclient-id = samklang\nclient-secret-env = SAMKLANG_E2E_SECRET\nscopes = openid profile email groups\n${more}\n`,
    serve(base) {
      const signing = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: 'samklang',
            client_secret: process.env.SAMKLANG_E2E_SECRET,
            redirect_uris: [`${base}/logga-in/via/${key}/svar`],
            post_logout_redirect_uris: [`${base}/logga-ut/${key}/klar`],
            backchannel_logout_uri: `${base}/logga-in/via/${key}/utloggning`,
            backchannel_logout_session_required: true,
          },
        ],
        jwks: { keys: [{ ...signing, use: 'sig', alg: 'RS256', kid: 'a' }] },
        cookies: { keys: ['a key of the test'] },
        claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
        acrValues: ['loa2', 'loa3'],
        pkce: { required: () => true },
        features: {
          devInteractions: { enabled: false },
          backchannelLogout: { enabled: true },
          rpInitiatedLogout: {
            enabled: true,
            logoutSource: (ctx, form) => {
              ctx.body = `<!doctype html><html lang="sv"><title>${name}</title><h1>Logga ut hos ${name}?</h1>${form}<button form="op.logoutForm" name="logout" value="yes">Ja, logga ut</button></html>`;
            },
            postLogoutSuccessSource: (ctx) => {
              ctx.body = `<!doctype html><html lang="sv"><title>${name}</title><h1>Utloggad hos ${name}</h1></html>`;
            },
          },
        },
        interactions: { url: (ctx, interaction) => `/val/${interaction.uid}` },
        findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...own.people[id] }) }),
        // Whoever logs in here has agreed already, as at work.
        loadExistingGrant: async (ctx) => {
          const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
          grant.addOIDCScope('openid profile email groups');
          await grant.save();
          return grant;
        },
        ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, IdToken: 600 },
      });
      const answer = provider.callback();
      handle = async (req, res) => {
        const uid = req.url.match(/^\/val\/([^/?]+)(?:\?who=([^&]*))?/);
        if (!uid) return answer(req, res);
        if (uid[2] === undefined) {
          const links = Object.entries(own.people).map(([id, p]) => `<li><a href="/val/${uid[1]}?who=${id}">${p.name}</a></li>`);
          res.setHeader('Content-Type', 'text/html; charset=utf-8');
          return res.end(`<!doctype html><html lang="sv"><title>${name}</title><h1>${name}: vem är du?</h1><ul>${links.join('')}<li><a href="/val/${uid[1]}?who=">Avbryt</a></li></ul></html>`);
        }
        const result = uid[2] ? { login: { accountId: uid[2], acr: own.acr } } : { error: 'access_denied', error_description: 'Avbrutet' };
        return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
      };
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  return own;
}
