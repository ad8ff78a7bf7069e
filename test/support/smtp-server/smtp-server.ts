import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A mail as a strict reader (Python's email package) found it. */
export type TakenMail = {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly fields: readonly (readonly [string, string])[];
  readonly text: string;
  readonly defects: readonly string[];
  readonly longestLine: number;
  readonly login: string | null;
};

export type SmtpServer = {
  readonly port: number;
  /** Every mail it has taken, oldest first. */
  readonly taken: readonly TakenMail[];
  readonly close: () => Promise<void>;
};

/** Starts Debian's python3-aiosmtpd on the loopback. It ends with us, however we end. */
export const startSmtpServer = async (args: readonly string[] = []): Promise<SmtpServer> => {
  const server = spawn('/usr/bin/python3', [join(import.meta.dirname, 'server.py'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const taken: TakenMail[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject).once('exit', (code) => reject(new Error(`the SMTP server ended with ${code}`)));
    createInterface({ input: server.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as TakenMail & { readonly port?: number };
      if (said.port === undefined) taken.push(said);
      else resolve(said.port);
    });
  });
  return {
    port,
    taken,
    close: async () => {
      server.stdin.end();
      await ended;
    },
  };
};
