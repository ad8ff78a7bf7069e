import { mkdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { ifGone } from '../../disk/if-gone.ts';
import { replaceFile } from '../../disk/new-file.ts';
import { syncPath } from '../../disk/sync-path.ts';
import { decodeOrThrow } from '../../domain/codec.ts';
import type { WebhookTargets } from '../../ports/webhooks.ts';

const Target = t.strict({ url: t.string, secret: t.string });

/** One file a webhook in `folder`, readable by its owner alone; it appears whole or not at all. */
export const webhookFiles = (folder: string): WebhookTargets => {
  const path = (webhook: string): string => join(folder, `${webhook}.json`);
  return {
    put: async (webhook, target) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await replaceFile(path(webhook), JSON.stringify(target), 0o600);
    },
    get: async (webhook) => {
      const text = await readFile(path(webhook), 'utf8').catch(ifGone);
      return text === undefined ? undefined : decodeOrThrow(Target, JSON.parse(text), path(webhook));
    },
    drop: async (webhook) => {
      await unlink(path(webhook)).catch(ifGone);
      await syncPath(folder).catch(ifGone);
    },
  };
};
