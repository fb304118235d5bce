// A mail server that keeps what it is given, so that a story can read the mail a person gets: headers, links, codes.
import { createServer } from 'node:net';

// quotedPrintable gives the text of a body that mail has folded and escaped.
const quotedPrintable = (s) =>
  Buffer.from(s.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8');

// parse takes a raw message apart: header(name) is unfolded, text is the whole of it with quoted-printable undone.
function parse(to, raw) {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  return {
    to,
    header: (name) => head.match(new RegExp(`^${name}: (.*)$`, 'im'))?.[1] ?? '',
    text: quotedPrintable(raw),
  };
}

export async function mailServer() {
  const mails = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const say = (line) => socket.write(line + '\r\n');
    let rest = '';
    let to = [];
    let inData = false;
    say('220 exempel');
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      for (;;) {
        const end = inData ? rest.indexOf('\r\n.\r\n') : rest.indexOf('\r\n');
        if (end < 0) return;
        const part = rest.slice(0, end);
        rest = rest.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          mails.push(parse(to.join(', '), part.replace(/\r\n\.\./g, '\r\n.')));
          to = [];
          say('250 ok');
        } else if (/^RCPT TO:/i.test(part)) {
          to.push(part.match(/<([^>]*)>/)[1]);
          say('250 ok');
        } else if (/^DATA/i.test(part)) {
          inData = true;
          say('354 go on');
        } else if (/^QUIT/i.test(part)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    to: (address) => mails.filter((m) => m.to === address),
    stop: () => {
      for (const s of sockets) s.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
