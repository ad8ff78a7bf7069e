import { Client } from 'basic-ftp';
import { left, right } from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../domain/reason.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Remotes } from '../../ports/remotes.ts';

/** How long the other side may think over one command, such as making a large file durable. Milliseconds. */
const patienceMs = 300_000;

/** How long the other side may take to agree on TLS, which basic-ftp waits for without end. Milliseconds. */
const handshakeMs = 30_000;

/** One session for all: files of one session belong together. Whatever was acknowledged of it stays there, and may be sent again. */
export const ftpDelivery =
  (bounds: { readonly handshakeMs: number }): Remotes['deliver'] =>
  async (place, files) => {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(place) ?? [];
    const client = new Client(patienceMs);
    try {
      await logIn(client, host, Number(port), bounds.handshakeMs);
      for (const { name, path } of files) await client.uploadFrom(path, name);
      return right(undefined);
    } catch (error) {
      const fact = `ftp://${place}: ${reasonOf(error).slice(0, 300)}`;
      return left(refusal('undeliverable', fact, 'see that the other instance runs and can be reached from here'));
    } finally {
      client.close();
    }
  };

export const deliverByFtp: Remotes['deliver'] = ftpDelivery({ handshakeMs });

/** By TLS where the other side has it, whatever its certificate: files are signed, and in plain anybody could read them. */
const logIn = async (client: Client, host: string, port: number, patience: number): Promise<void> => {
  await client.connect(host, port);
  if ((await client.features()).get('AUTH') === 'TLS') await speakTls(client, patience);
  await client.login('anonymous', 'mini-buildd');
  await client.useDefaultSettings();
};

const speakTls = async (client: Client, patience: number): Promise<void> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`TLS did not come about within ${patience / 1000} seconds`)),
    patience,
  );
  try {
    await Promise.race([client.useTLS({ rejectUnauthorized: false }), late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
