import { headline } from '../../domain/notification/letter.ts';
import { binNmuStream } from '../../domain/stream.ts';
import type { WebhookId } from '../../domain/webhook/events.ts';
import type { WebhookCall, WebhookTargets } from '../../ports/webhooks.ts';
import type { Notice } from '../../projections/notice.ts';
import type { World } from '../../projections/world.ts';
import { senderOf } from '../accounts/sender-of.ts';
import { newsOf } from './news-of.ts';
import { type RecordParts, uploadRecord } from './upload-record.ts';

export type CallParts = RecordParts & { readonly targets: WebhookTargets };

/** Writes what a webhook is told of a notice; `undefined` when nobody knows where it is. Written again it is the same; it names no person. */
export const webhookCalls =
  (world: World, parts: CallParts) =>
  async (notice: Notice, webhook: WebhookId): Promise<WebhookCall | undefined> => {
    const target = await parts.targets.get(webhook);
    if (target === undefined) return undefined;
    const { instance, url } = senderOf(world.configuration);
    const news = newsOf(notice, await uploadRecord(notice, parts, world.configuration), url);
    const { id, at, kind, repository, source, version, distribution } = notice;
    const body = JSON.stringify({
      instance,
      event: id,
      at,
      kind,
      title: headline(news),
      repository: repository ?? null,
      source: source ?? null,
      version: version ?? null,
      distribution,
      builds: news.results.map(({ architecture, succeeded, words, url: log }) => ({
        architecture,
        succeeded,
        results: words,
        log: log ?? null,
      })),
      url:
        notice.binNmu === undefined
          ? `${url}/mini_buildd/events?package=${source ?? ''}`
          : `${url}/mini_buildd/events?stream=${binNmuStream(notice.binNmu.planned.binNmu)}`,
    });
    return { target, id, body };
  };
