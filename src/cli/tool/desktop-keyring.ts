import { spawn } from 'node:child_process';

/** Secrets of the person at the desktop, by name. Where there is no keyring, nothing is found and nothing is kept. */
export type DesktopKeyring = {
  readonly lookup: (name: string) => Promise<string | undefined>;
  /** False when it could not be kept. */
  readonly store: (name: string, secret: string) => Promise<boolean>;
  readonly clear: (name: string) => Promise<void>;
};

/** The keyring that secret-tool(1) of libsecret-tools opens. Secrets go through pipes: arguments can be read by everybody. */
export const secretTool: DesktopKeyring = {
  lookup: async (name) => {
    const { code, out } = await run(['lookup', ...attributes(name)], '');
    return code === 0 && out !== '' ? out.replace(/\n$/, '') : undefined;
  },
  store: async (name, secret) =>
    (await run(['store', `--label=mini-buildd: ${name}`, ...attributes(name)], secret)).code === 0,
  clear: async (name) => void (await run(['clear', ...attributes(name)], '')),
};

const attributes = (name: string): readonly string[] => ['--', 'service', 'mini-buildd', 'key', name];

/** Somebody may have to unlock the keyring first. Milliseconds. */
const patience = 120_000;

const run = (
  words: readonly string[],
  input: string,
): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve) => {
    // Not spawn's own `timeout`: it would hold up our end for as long where there is no such program.
    const signal = AbortSignal.timeout(patience);
    const child = spawn('secret-tool', words, { stdio: ['pipe', 'pipe', 'ignore'], signal });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.on('error', () => resolve({ code: null, out: '' }));
    child.on('close', (code) => resolve({ code, out }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
