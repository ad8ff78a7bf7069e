import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { decodeOrThrow } from '../../domain/codec.ts';
import type { WebhookTargets } from '../../ports/webhooks.ts';

const Target = t.strict({ url: t.string, secret: t.string });

/** One file a webhook in `folder`, readable by its owner alone; it appears whole or not at all. */
export const webhookFiles = (folder: string): WebhookTargets => {
  const path = (webhook: string): string => join(folder, `${webhook}.json`);
  return {
    put: async (webhook, target) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const aside = `${path(webhook)}.${randomBytes(6).toString('hex')}.new`;
      const file = await open(aside, 'wx', 0o600);
      try {
        await file.writeFile(JSON.stringify(target));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path(webhook));
      await sync(folder);
    },
    get: async (webhook) => {
      const text = await readFile(path(webhook), 'utf8').catch(ifThere);
      return text === undefined ? undefined : decodeOrThrow(Target, JSON.parse(text), path(webhook));
    },
    drop: async (webhook) => {
      await unlink(path(webhook)).catch(ifThere);
      await sync(folder).catch(ifThere);
    },
  };
};

const ifThere = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
};

const sync = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};
