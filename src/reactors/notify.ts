import type { Observable } from 'rxjs';
import type { Mail } from '../domain/mail/mail.ts';
import { isReader, type NotificationEvent, type Reader, recipientKey } from '../domain/notification/events.ts';
import type { Clock } from '../ports/clock.ts';
import type { InTurn } from '../ports/in-turn.ts';
import { type Mailer, MailFailed } from '../ports/mailer.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { awaitsPorts } from '../projections/auto-ports.ts';
import type { Notice } from '../projections/notice.ts';
import type { OwedNotice } from '../projections/notices.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** What each recipient of a notice is sent, or why nothing; the same each time. */
export type LettersOf = (owed: OwedNotice) => Promise<readonly Letter[]>;

type Letter = { readonly to: Reader } & ({ readonly mail: Mail } | { readonly skipped: string });

/** How long it is tried to tell somebody, and once in any case: the machine may have been off. Milliseconds. */
export const longestTrial = 3 * 24 * 3600 * 1000;

/** A server that is away is asked less and less often. */
export const pauses = { first: 15_000, longest: 15 * 60_000 };

/**
 * Tells everybody who is owed a mail, one mail after the other. It is on record after the server took it: whoever is killed in
 * between sends it again, under the same Message-ID.
 */
export const notify = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  mailer: Mailer,
  lettersOf: LettersOf,
  inTurn: InTurn,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'notify',
    // What became of its ports is part of the news of an upload.
    owed: ({ notices, autoPorts }) =>
      [...notices.owed.values()].filter(
        ({ notice, recipients, open }) =>
          recipients.some((to) => isReader(to) && open.has(recipientKey(to))) && !awaitsPorts(autoPorts, notice.upload),
      ),
    key: ({ notice }) => notice.id,
    what: ({ open }) => String(open.size),
    pauses,
    work: (owed) => inTurn(() => tellAll(owed, clock.now(), world, mailer, lettersOf, tell)),
  });

const tellAll = async (
  owed: OwedNotice,
  now: number,
  world: World,
  mailer: Mailer,
  lettersOf: LettersOf,
  tell: Tell,
): Promise<void> => {
  const { notice, open } = owed;
  const report = (event: NotificationEvent): Promise<unknown> =>
    tell({ command: 'Report', event }, duty('notify', notice.id, notice.id));
  const isLate = now - Date.parse(notice.at) > longestTrial;
  let failure: MailFailed | undefined;
  for (const letter of await lettersOf(owed)) {
    if (!open.has(recipientKey(letter.to))) continue;
    const tried = await send(letter, notice, mailer);
    const came = isLate && tried instanceof MailFailed ? tooLate(letter.to, notice, tried) : tried;
    if (!(came instanceof MailFailed)) await report(came);
    else if (world.notices.delay?.fact !== came.message)
      await report({ type: 'NotificationDelayed', about: notice.id, to: letter.to, fact: came.message });
    if (came instanceof MailFailed) failure = came;
  }
  if (failure !== undefined) throw failure;
};

const tooLate = (to: Reader, { id }: Notice, { message }: MailFailed): NotificationEvent => ({
  type: 'NotificationFailed',
  about: id,
  to,
  fact: `no mail was taken for three days: ${message}`,
});

/** What came of it; a failure that may pass is given back as it is. */
const send = async (letter: Letter, { id }: Notice, mailer: Mailer): Promise<NotificationEvent | MailFailed> => {
  const { to } = letter;
  if ('skipped' in letter) return { type: 'NotificationSkipped', about: id, to, fact: letter.skipped };
  try {
    await mailer.send(letter.mail);
    return { type: 'NotificationSent', about: id, to };
  } catch (error) {
    if (!(error instanceof MailFailed)) throw error;
    return error.kind === 'temporary' ? error : { type: 'NotificationFailed', about: id, to, fact: error.message };
  }
};
