import { binNmuVersion } from '../../domain/binnmu/binnmu-version.ts';
import type { CheckFailed, CheckPassed } from '../../domain/check/events.ts';
import { counted, countsInWords } from '../../domain/check/findings.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import type { CheckId } from '../../domain/ids.ts';
import type { PortRequested } from '../../domain/port/events.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { administered } from './administered.ts';

/** What an event says about why something is as it is; nothing for those that only say that work goes on. */
export const sentenceOf = (event: DaemonEvent): string | undefined => {
  switch (event.type) {
    case 'UploadReceived':
      return `received${event.faults.length > 0 ? `: ${event.faults.map(broken).join('; ')}` : ''}`;
    case 'UploadRetried':
      return `a retry of upload ${event.of}${event.keeps.length > 0 ? `, which keeps ${event.keeps.join(', ')}` : ''}`;
    case 'UploadAccepted':
      return `accepted for ${event.distribution}${[...event.warnings].map((warning) => `; ${warning}`).join('')}`;
    case 'UploadRejected':
      return `rejected: ${broken(event)}`;
    case 'BuildRequested':
      return `${event.architecture} is wanted${event.archAll ? ', with the arch-indep packages' : ''}`;
    case 'BuildAssigned':
      return `given to ${event.builder}: ${event.because}`;
    case 'BuildStarted':
      return `attempt ${event.attempt} begun on ${event.builder}`;
    case 'BuildSucceeded':
      return `attempt ${event.attempt} built it in ${Math.round(event.times.total)} s`;
    case 'BuildAdopted':
      return `taken from build ${event.from}`;
    case 'BuildSkipped':
      return 'nothing is to be built for this architecture';
    case 'BuildFailed':
      return `failed, ${event.class} in ${event.stage}: ${event.fact}`;
    case 'BuildDepWaited':
      return `dep-wait on ${event.waitsFor.join(', ')}: ${event.fact}`;
    case 'BuildResumed':
      return `tried again: ${event.because}`;
    case 'BuildGivenBack':
    case 'BuildInterrupted':
      return `attempt ${event.attempt} given back: ${event.reason}`;
    case 'BuildDispatched':
      return `attempt ${event.attempt} sent as ${event.request.name}`;
    case 'BuildresultReceived':
      return `attempt ${event.attempt} answered by ${event.result.name}`;
    case 'BuildWithdrawn':
      return `attempt ${event.attempt} taken back from ${event.builder}: ${event.reason}`;
    case 'BuildPrioritised':
      return `priority ${event.priority}`;
    case 'BuildCancelled':
      return `cancelled: ${event.reason}`;
    case 'CheckRequested':
      return `${named(event.check)} is wanted${event.denies ? '' : ', for the record'}`;
    case 'CheckStarted':
      return `${named(event.check)} begun on ${event.builder}, attempt ${event.attempt}`;
    case 'CheckPassed':
    case 'CheckFailed':
      return `${named(event.check)} ${event.type === 'CheckPassed' ? 'passed' : 'failed'}: found ${found(event)}`;
    case 'CheckSkipped':
      return `${named(event.check)} had nothing to check: ${event.because}`;
    case 'CheckGivenBack':
    case 'CheckInterrupted':
      return `${named(event.check)} given back, attempt ${event.attempt}: ${event.reason}`;
    case 'CheckAbandoned':
      return `${named(event.check)} could not be run: ${event.reason}`;
    case 'CheckCancelled':
      return `${named(event.check)} cancelled: ${event.reason}`;
    case 'InstanceRestored':
      return `the instance goes on from a backup of ${event.taken}, which held ${event.events} events`;
    case 'RepositoryImported':
      return `${event.versions} versions of ${event.sources} source packages taken over from ${event.from}`;
    case 'ImportAbandoned':
      return `what was imported from ${event.from} until then is removed again`;
    case 'LogSealed':
      return `seal ${event.seal}: events ${event.first} to ${event.last} of the log, under signature`;
    case 'VersionReserved':
      return `claims ${event.source} ${event.version}`;
    case 'VersionReleased':
      return `came to nothing: ${event.reason}`;
    case 'PackageInstalled':
      return `installed into ${event.distribution}`;
    case 'ArchitectureAdded':
      return `${event.architecture} joined it`;
    case 'ArchitectureRefused':
      return `${event.architecture} may not join it: ${broken(event)}`;
    case 'BinNmuPlanned':
      return `binNMU of ${event.rebuilds.length} build${event.rebuilds.length === 1 ? '' : 's'} in ${event.distribution}: ${event.reason}`;
    case 'BinNmuScheduled':
      return `${event.source} ${binNmuVersion(event.version, event.number)} is to be built on ${event.architecture}`;
    case 'BinNmuDropped':
      return `${event.source} is not built again on ${event.architecture}: ${broken(event)}`;
    case 'BinNmuCancelled':
      return `the whole binNMU in ${event.distribution} was cancelled: ${event.reason}`;
    case 'BinNmuInstalled':
      return `${event.architecture} is that of binNMU +b${event.number} in ${event.distribution}`;
    case 'BinNmuRefused':
      return `binNMU +b${event.number} on ${event.architecture} may not be installed: ${broken(event)}`;
    case 'PortRequested':
      return `port of ${event.source} ${event.version}${originOf(event)} to ${event.to}, as ${event.as}`;
    case 'PortOvertaken':
      return `${event.source} ${event.version} is in ${event.archive}, newer than ${event.ported}, which was ported to ${event.to}`;
    case 'PortOutdated':
      return `${event.source} ${event.version} is in ${event.from}, newer than ${event.ported}, which was ported to ${event.to}`;
    case 'PortFailed':
      return `it could not be ported: ${broken(event)}`;
    case 'PackageAged':
      return `lay ${event.lay} day${event.lay === 1 ? '' : 's'} in ${event.distribution} since publication ${event.publication} of ${event.publishedAt}: it migrates by itself after ${event.asked}`;
    case 'PackageMigrated':
      return `migrated from ${event.from} to ${event.to}`;
    case 'PackageRemoved':
      return `removed from ${event.distribution}`;
    case 'PackageRestored':
      return `restored into ${event.distribution}`;
    default:
      return administered(event);
  }
};

const originOf = ({ origin }: PortRequested): string => {
  if (origin.kind === 'internal') return ` from ${origin.distribution}`;
  return origin.kind === 'external' ? ` from ${origin.url}` : '';
};

const broken = ({ rule, fact, remedy }: Refusal): string => `${rule}: ${fact} (${remedy})`;

/** `UPLOAD-ARCHITECTURE-TOOL`: `lintian on amd64`. */
const named = (check: CheckId): string => {
  const end = check.lastIndexOf('-');
  return `${check.slice(end + 1)} on ${check.slice(27, end)}`;
};

/** A sentence's worth of tags, the gravest first. */
const mostNamed = 5;

/** `2 errors, 1 warning: no-copyright-file, no-manual-page`. What a tool only mentions is counted and not named. */
const found = ({ counts, findings, more }: CheckPassed | CheckFailed): string => {
  const all = [...countsInWords(counts), ...counted(counts.info, 'remark')];
  const tags = [...new Set(findings.filter(({ severity }) => severity !== 'info').map(({ tag }) => tag))];
  const rest = tags.length - mostNamed + more;
  const named = [...tags.slice(0, mostNamed), ...(rest > 0 && tags.length >= mostNamed ? [`${rest} more`] : [])];
  return `${all.join(', ') || 'nothing'}${named.length === 0 ? '' : `: ${named.join(', ')}`}`;
};
