import { decodeOrThrow } from '../../domain/codec.ts';
import { KeptThings, type StandbyLink, StandbyOrders } from '../../ports/standby.ts';
import type { ArchiveClient } from './archive-client.ts';

export const standbyLink = (clientOf: (closing: AbortSignal) => Pick<ArchiveClient, 'tell'>): StandbyLink => {
  const closing = new AbortController();
  const { tell } = clientOf(closing.signal);
  return {
    report: async (report) => decodeOrThrow(StandbyOrders, await tell('standby', report), 'orders of the archive'),
    done: async (done) => void (await tell('standby/done', done)),
    kept: async () => decodeOrThrow(KeptThings, await tell('standby/kept'), 'keys and people of the archive'),
    close: () => closing.abort(),
  };
};
