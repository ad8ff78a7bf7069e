import { AccountId } from '../domain/account/events.ts';
import { DistributionName } from '../domain/debian/distribution.ts';
import type { ExpiryAnnounced } from '../domain/expiry/events.ts';
import { type Recipient, recipientKey } from '../domain/notification/events.ts';
import { ownersOf } from './accounts.ts';
import type { BinNmuStory } from './binnmus.ts';
import type { Circumstances, Notice } from './notice.ts';
import { subscribersOf } from './subscribers.ts';
import { storyOf } from './uploads.ts';
import { webhooksFor } from './webhooks.ts';

/**
 * Who is to be told, each once, in the order in which reasons count. A rejection goes to who signed it, never to who follows the package:
 * nothing happened to that. Whether the people that a `.changes` names may be written to is seen when it is read.
 */
export const recipientsOf = (notice: Notice, world: Circumstances): readonly Recipient[] => {
  if (notice.expiry !== undefined) return toldOfEnd(notice.expiry, world);
  if (notice.binNmu !== undefined) return toldOfBinNmu(notice.binNmu, world);
  const { configuration } = world;
  const repository = notice.repository && configuration.repositories.get(notice.repository);
  const isRefused = notice.kind === 'rejected' || notice.kind === 'invalid';
  // Nobody uploaded it, here at least.
  const isNews = notice.newer !== undefined;
  const all: readonly Recipient[] = [
    ...each('instance', configuration.instance?.notify ?? []),
    ...each('repository', repository?.notify ?? []),
    ...each('uploader', isRefused ? signersOf(notice, world) : []),
    ...((repository?.notifyChangedBy && !isNews) || isLost(notice, world) ? [{ reason: 'changed-by' as const }] : []),
    ...(repository?.notifyMaintainer && !isNews ? [{ reason: 'maintainer' as const }] : []),
    ...each('subscription', isRefused ? [] : followersOf(notice, world)),
    ...(isRefused ? [] : calledFor(notice, world)),
  ];
  return eachOnce(all);
};

/** A key of an uploader is its owner's affair; all else that of who looks after the instance. */
const toldOfEnd = ({ what }: ExpiryAnnounced, { configuration, accounts }: Circumstances): readonly Recipient[] =>
  eachOnce([
    ...each('instance', configuration.instance?.notify ?? []),
    ...(what.kind === 'uploader-key' ? each('key-owner', [what.account]) : each('administrator', adminsOf(accounts))),
  ]);

/** Who asked for it, and who follows any of it. */
const toldOfBinNmu = ({ planned, askedBy }: BinNmuStory, world: Circumstances): readonly Recipient[] => {
  const { configuration, subscribers, accounts, webhooks } = world;
  const { repository, distribution } = planned;
  const sources = [...new Set(planned.rebuilds.map(({ source }) => source))];
  const asker = askedBy.kind === 'account' && AccountId.is(askedBy.name) ? askedBy.name : undefined;
  return eachOnce([
    ...each('asker', asker !== undefined && accounts.get(asker)?.status === 'active' ? [asker] : []),
    ...each('instance', configuration.instance?.notify ?? []),
    ...each('repository', configuration.repositories.get(repository)?.notify ?? []),
    ...each(
      'subscription',
      sources.flatMap((source) => subscribersOf(subscribers, accounts, source, distribution)),
    ),
    ...sources
      .flatMap((source) => webhooksFor(webhooks, source, distribution))
      .map((webhook) => ({ reason: 'webhook' as const, webhook })),
  ]);
};

const adminsOf = (accounts: Circumstances['accounts']): readonly AccountId[] =>
  [...accounts].flatMap(([account, { status, role }]) => (status === 'active' && role === 'admin' ? [account] : []));

const eachOnce = (all: readonly Recipient[]): readonly Recipient[] => {
  const first = new Map<string, Recipient>();
  for (const to of all) if (!first.has(recipientKey(to))) first.set(recipientKey(to), to);
  return [...first.values()];
};

type AccountReason = Extract<Recipient, { account: AccountId }>['reason'];

const each = (reason: AccountReason, accounts: readonly AccountId[]) =>
  accounts.map((account) => ({ reason, account }));

const signersOf = ({ upload }: Notice, { uploads, accounts }: Circumstances): readonly AccountId[] => {
  const signature = upload && storyOf(uploads, upload)?.received.signature;
  return signature?.status === 'good' ? ownersOf(accounts, signature.fingerprint) : [];
};

/** Of an upload that is for no repository of ours nobody else would hear. A stranger's upload has nobody written to. */
const isLost = ({ kind, repository, upload }: Notice, { uploads }: Circumstances): boolean =>
  kind === 'rejected' &&
  repository === undefined &&
  upload !== undefined &&
  storyOf(uploads, upload)?.received.signature.status === 'good';

const followersOf = (
  { source, distribution }: Notice,
  { subscribers, accounts }: Circumstances,
): readonly AccountId[] =>
  source === undefined ? [] : subscribersOf(subscribers, accounts, source, known(distribution));

const calledFor = ({ source, distribution }: Notice, { webhooks }: Circumstances) =>
  source === undefined
    ? []
    : webhooksFor(webhooks, source, known(distribution)).map((webhook) => ({ reason: 'webhook' as const, webhook }));

const known = (distribution: string): DistributionName | undefined =>
  DistributionName.is(distribution) ? distribution : undefined;
