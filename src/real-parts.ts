import { join } from 'node:path';
import { aptUpstream } from './adapters/apt/apt-upstream.ts';
import { sessionChecker } from './adapters/checks/session-checker.ts';
import { doseInstallability } from './adapters/dose/dose-installability.ts';
import { exchangeStore } from './adapters/file-store/exchange-store.ts';
import { fileStore } from './adapters/file-store/file-store.ts';
import { hookPrograms } from './adapters/hooks/hook-programs.ts';
import { readHostArchive } from './adapters/host/host-archive.ts';
import { type ExpandedLogs, expandedLogs } from './adapters/http/logs/expanded-logs.ts';
import { openpgpKeyring } from './adapters/openpgp/openpgp-keyring.ts';
import { releaseVerifier } from './adapters/openpgp/release-verifier.ts';
import { httpWebhooks } from './adapters/outbound/http-webhooks.ts';
import { sourceFetcher } from './adapters/outbound/source-fetcher.ts';
import { type SqlitePeople, sqlitePeople } from './adapters/people/sqlite-people.ts';
import { repreproArchive } from './adapters/reprepro/reprepro-archive.ts';
import { chroots } from './adapters/sbuild/chroots.ts';
import { helperSessions } from './adapters/sbuild/helper-sessions.ts';
import { rootHelper } from './adapters/sbuild/root-helper.ts';
import { sbuildBuilder } from './adapters/sbuild/sbuild-builder.ts';
import { boundedShelves } from './adapters/shelf/bounded-shelf.ts';
import { smtpMailer } from './adapters/smtp/smtp-mailer.ts';
import { sessionPackager } from './adapters/source-packager/session-packager.ts';
import { webhookFiles } from './adapters/webhook-targets/webhook-files.ts';
import { callerByAddress } from './app/notifications/caller-by-address.ts';
import { archiveCopies } from './archive-copies.ts';
import type { EngineParts } from './engine-parts.ts';
import { peopleFile, type Settings } from './settings.ts';

export type Parts = Pick<
  EngineParts,
  | 'files'
  | 'keyring'
  | 'mailer'
  | 'webhooks'
  | 'archive'
  | 'installability'
  | 'upstream'
  | 'host'
  | 'chroots'
  | 'builder'
  | 'guests'
  | 'guestChecker'
  | 'exchange'
  | 'checker'
  | 'checkChroots'
  | 'packager'
  | 'fetcher'
> & {
  readonly people: SqlitePeople;
  /** Stored logs that somebody looks into. */
  readonly expanded: ExpandedLogs;
};

/** What the daemon works with beside its log. `permit` is asked before its archive is written. */
export const realParts = (
  settings: Settings,
  permit?: () => Promise<void>,
  copies = archiveCopies(settings),
): Parts => {
  const logs = expandedLogs(
    join(settings.home, 'cache', 'logs'),
    fileStore(join(settings.home, 'files')),
    boundedShelves(),
  );
  const files = copies.results(logs.files);
  const exchange = exchangeStore(join(settings.home, 'exchange'));
  const keyring = openpgpKeyring({ keysFolder: join(settings.home, 'keys'), now: Date.now });
  const helper = rootHelper(settings.helper);
  const workFolder = join(settings.home, 'cache', 'build-logs');
  const sessions = helperSessions({ helper, files, workFolder });
  return {
    files: copies.files(logs.files),
    expanded: logs.open,
    keyring,
    people: sqlitePeople(peopleFile(settings), Date.now),
    webhooks: {
      targets: webhookFiles(join(settings.home, 'keys', 'webhooks')),
      caller: callerByAddress(
        httpWebhooks({ allowed: settings.webhookHosts, longest: 20_000 }),
        hookPrograms({ folder: join(settings.home, 'hooks.d'), longest: 60_000 }),
      ),
    },
    mailer: settings.smtp === undefined ? undefined : smtpMailer(settings.smtp, settings.hostname),
    archive: repreproArchive({ home: join(settings.home, 'repositories'), files, keyring, permit }),
    host: { read: readHostArchive },
    upstream: {
      ...aptUpstream({ folder: join(settings.home, 'cache', 'upstream') }),
      ...releaseVerifier({ now: Date.now }),
    },
    installability: doseInstallability(),
    chroots: chroots({ helper }),
    checker: sessionChecker(sessions, files),
    checkChroots: chroots({ helper, purpose: 'checks' }),
    builder: sbuildBuilder({ helper, files, workFolder }),
    guests: sbuildBuilder({ helper, files: exchange, workFolder }),
    guestChecker: sessionChecker(helperSessions({ helper, files: exchange, workFolder }), exchange),
    exchange,
    packager: sessionPackager(sessions),
    fetcher: sourceFetcher(files),
  };
};
