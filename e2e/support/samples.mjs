// Pages that no link leads to: how to get to each, or why the walk does not.

const token = (html, path) => html.match(new RegExp(`http://[^\\s"<]*(${path}/[\\w-]+)`))[1];

let n = 0;

const newAddress = () => `lasare.${process.pid}.${++n}@hemma.example`;

// mailed waits for the mail to an address on the outbox page and gives the link in it.
async function mailed(http, email, path) {
  for (let tries = 0; tries < 600; tries++) {
    const mails = await (await http.ask('/utkorg')).text();
    const at = mails.indexOf(email);
    if (at >= 0) return token(mails.slice(at), path);
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no mail came to ${email}`);
}

const confirming = new WeakMap();

// samples are reached by doing something first. Each gives the page's address; http is who does it.
export const samples = {
  '/{association}/folj/brev': { role: 'visitor', reach: () => '/alvkusten/folj/brev' },
  '/tillganglighet/sag-till/tack': { role: 'visitor', reach: () => '/tillganglighet/sag-till/tack' },
  '/{association}/folj/klart': { role: 'visitor', reach: () => '/alvkusten/folj/klart' },
  // An address nobody knows is answered as one that is known, and its codes are nobody's to run out of.
  '/logga-in/{pending}': { role: 'visitor', reach: async (http) => (await http.ask('/logga-in', { email: newAddress() })).headers.get('location') },
  '/{association}/folj/bekrafta/{token}': {
    role: 'visitor',
    reach: async (http) => {
      const email = newAddress();
      await http.ask('/alvkusten/folj', { lofte: 'alla', email });
      return mailed(http, email, '/alvkusten/folj/bekrafta');
    },
  },
  '/konto/bekrafta/{token}': {
    role: 'activity_owner',
    reach: async (http) => {
      if (!confirming.has(http)) { // nobody may ask for this mail many times in an hour
        const email = newAddress();
        await http.ask('/konto/e-post', { email });
        confirming.set(http, await mailed(http, email, '/konto/bekrafta'));
      }
      return confirming.get(http);
    },
  },
  '/{association}/las-in/{import}': { role: 'head', reach: upload },
  '/{association}/las-in/{import}/forena': { role: 'head', reach: async (http) => (await upload(http)) + '/forena' },
  '/{association}/las-in/{import}/anta': { role: 'head', reach: async (http) => (await upload(http)) + '/anta' },
};

const uploaded = new WeakMap();

// upload reads a signed document in, once for each person, and gives the page of its reading.
async function upload(http) {
  if (!uploaded.has(http)) {
    const form = new FormData();
    form.set('file', new Blob(['Våra löften\n\nVi åtar oss att:\n\n- höja ”rösten” för äldre\n- sprida kunskap om rättigheter\n\nDen 3 mars håller vi ett seminarium om ålderism.\n']), 'loften.txt');
    form.set('year', '2026');
    const answer = await http.ask('/alvkusten/las-in', form);
    if (answer.status !== 303) throw new Error(`the document was not read in: ${answer.status}`);
    const at = answer.headers.get('location');
    const review = await (await http.ask(at)).text();
    const all = [...review.matchAll(/action="([^"]*\/alla)"/g)][0]?.[1];
    if (all) await http.ask(all, {});
    uploaded.set(http, at);
  }
  return uploaded.get(http);
}

// told are the pages that one of the stories opens and checks, since they need a mail or an installation of their own.
export const told = {
  '/{association}/folj/sluta/{id}/{token}': 'subscription.spec.mjs',
  '/start/{token}': 'first-start.spec.mjs',
  '/{association}/plan/las-in/lista': 'exchange.spec.mjs',
  '/logga-ut/{provider}': 'oidc.spec.mjs',
  '/konto/koppla/{token}': 'oidc.spec.mjs',
};

// onward are addresses that only send the browser on, to another page or to an organisation's log-in.
export const onward = ['/logga-in/via/{provider}', '/logga-in/via/{provider}/svar', '/logga-ut/{provider}/klar', '/konto/inloggningar/{provider}'];
