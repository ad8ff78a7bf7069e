import type { DistributionName } from '../debian/distribution.ts';
import type { Fingerprint, RepositoryId, SourceName, SuiteName } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** What an account's key may be used for in one repository. `null` is no limit. */
export type Approval = { readonly suites: readonly SuiteName[] | null; readonly sources: readonly SourceName[] | null };

export const covers = ({ suites, sources }: Approval, suite: SuiteName, source: SourceName): boolean =>
  (suites === null || suites.includes(suite)) && (sources === null || sources.includes(source));

/** What is known of who signed, beside that they may not do this. */
export type Standing = {
  /** How the accounts stand that handed the key in. */
  readonly accounts: readonly ('registered' | 'active' | 'disabled')[];
  readonly approvals: ReadonlyMap<RepositoryId, Approval>;
  /** Repositories that know the key by a keyring file. */
  readonly keyrings: readonly RepositoryId[];
};

/** A valid signature by a key that is known here, and may do other things, or nothing. */
export const notAuthorised = (
  fingerprint: Fingerprint,
  source: SourceName,
  distribution: DistributionName,
  { accounts, approvals, keyrings }: Standing,
): Refusal => {
  const allowed = [...keyrings, ...[...approvals].map(([repository, approval]) => `${repository}${limits(approval)}`)];
  const standing =
    allowed.length > 0
      ? `may upload to ${allowed.join(', ')}`
      : accounts.includes('active')
        ? 'is not approved for any repository'
        : `belongs to an account that is ${accounts.includes('disabled') ? 'disabled' : 'not activated'}`;
  return refusal(
    'not-authorised',
    `the key ${fingerprint} ${standing}; this is ${source} for ${distribution}`,
    'ask the staff of this instance to approve the key for it',
  );
};

/** Where a key may be used, and how far; `undefined` where it may not be used at all. */
export const approvalsInWords = (all: readonly ApprovalOf[]): string | undefined => {
  if (all.length === 0) return undefined;
  const named = (some: readonly ApprovalOf[]) => some.map((each) => `${each.repository}${limits(each)}`).join(', ');
  const [counting, kept] = [all.filter(({ configured }) => configured), all.filter(({ configured }) => !configured)];
  return [
    ...(counting.length === 0 ? [] : [named(counting)]),
    ...(kept.length === 0 ? [] : [`kept for ${named(kept)}, not configured`]),
  ].join('; ');
};

/** An approval for a repository that is configured, or of one that is not: it counts again when that is. */
export type ApprovalOf = Approval & { readonly repository: string; readonly configured: boolean };

/** ` (suites unstable; source packages hello)`, or nothing when there is no limit. */
export const limits = ({ suites, sources }: Approval): string => {
  const words = [
    ...(suites === null ? [] : [`suites ${suites.join(' ')}`]),
    ...(sources === null ? [] : [`source packages ${sources.join(' ')}`]),
  ];
  return words.length === 0 ? '' : ` (${words.join('; ')})`;
};
