// Starts and stops bin/samklang.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const binary = fileURLToPath(new URL('../../bin/samklang', import.meta.url));

// start runs an installation over a data directory: the example, or with command 'serve' what is in the directory. It resolves when the
// program says that it is ready, with its address, what it printed and a way to stop it.
export function start(data, command = 'demo', settings = []) {
  const child = spawn(binary, [command, '--listen', '127.0.0.1:0', '--data', data, ...settings], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let log = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const address = printed.match(/ready: (http:\S+)/);
      if (address) resolve({ base: address[1], printed: () => printed, log: () => log, stop });
    });
    child.stderr.on('data', (chunk) => (log += chunk));
    child.once('error', (error) => reject(new Error(`${binary} cannot be started; build it with make build: ${error.message}`)));
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}:\n${log}`)));
  });
}
