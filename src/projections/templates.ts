import type { Instant } from '../domain/codec.ts';
import type {
  ChrootConfigured,
  ChrootFailed,
  ChrootLogKept,
  ChrootPrepared,
} from '../domain/configuration/chroot-events.ts';
import { chrootName } from '../domain/configuration/configuration.ts';
import type { Architecture, Codename, StoredFile } from '../domain/debian/names.ts';
import type { Recorded } from './recorded.ts';

/** Whether builds can be made for a codename and architecture. */
export type Template = {
  readonly chroot: ChrootConfigured | undefined;
  readonly prepared: Omit<ChrootPrepared, 'type'> | undefined;
  /** The last failure since the last success. */
  readonly failed: (Omit<ChrootFailed, 'type'> & { readonly at: Instant }) | undefined;
  /** It is to be made anew though it is not old. */
  readonly isOutdated: boolean;
  /** What the last preparation printed. */
  readonly log: StoredFile | undefined;
  /** What those before printed: nobody asks for it any more. */
  readonly former: readonly StoredFile[];
};

/** By `CODENAME-ARCHITECTURE`. Folded in place: ask, do not keep. */
export type Templates = Map<string, Template>;

const nothing: Template = {
  chroot: undefined,
  prepared: undefined,
  failed: undefined,
  isOutdated: false,
  log: undefined,
  former: [],
};

export const noTemplates = (): Templates => new Map();

export const foldTemplates = (templates: Templates, { event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'ChrootConfigured':
      change(templates, event, { chroot: event, prepared: undefined, failed: undefined, isOutdated: false });
      break;
    case 'ChrootRemoved':
      change(templates, event, { chroot: undefined });
      break;
    case 'DistributionConfigured':
    case 'SourceConfigured':
      outdate(templates, event.codename);
      break;
    case 'ChrootOutdated':
      change(templates, event, { isOutdated: true, failed: undefined });
      break;
    case 'ChrootLogKept':
      keepLog(templates, event);
      break;
    case 'ChrootPrepared':
      change(templates, event, { prepared: event, failed: undefined, isOutdated: false });
      break;
    case 'ChrootLost':
      change(templates, event, { prepared: undefined });
      break;
    case 'ChrootFailed':
      change(templates, event, { failed: { ...event, at: recordedAt } });
      break;
  }
};

/** The same of the templates that hold the tools of checks: what is said of those of builds is not about them. */
export const foldCheckTemplates = (templates: Templates, recorded: Recorded): void => {
  const { event } = recorded;
  switch (event.type) {
    case 'ChrootPrepared':
    case 'ChrootFailed':
    case 'ChrootLost':
    case 'ChrootLogKept':
      break;
    case 'CheckChrootPrepared':
      foldTemplates(templates, { ...recorded, event: { ...event, type: 'ChrootPrepared' } });
      break;
    case 'CheckChrootFailed':
      foldTemplates(templates, { ...recorded, event: { ...event, type: 'ChrootFailed' } });
      break;
    case 'CheckChrootLost':
      foldTemplates(templates, { ...recorded, event: { ...event, type: 'ChrootLost' } });
      break;
    default:
      foldTemplates(templates, recorded);
  }
};

type Place = { readonly codename: Codename; readonly architecture: Architecture };

const change = (templates: Templates, place: Place, news: Partial<Template>): void => {
  const template = { ...(templates.get(chrootName(place)) ?? nothing), ...news };
  // Who was removed is remembered as long as a template of it lies about.
  if (template.chroot === undefined && template.prepared === undefined) templates.delete(chrootName(place));
  else templates.set(chrootName(place), template);
};

const keepLog = (templates: Templates, { log, ...place }: ChrootLogKept): void => {
  const before = templateFor(templates, place);
  const former = before.log === undefined ? before.former : [...before.former, before.log];
  change(templates, place, { log, former: former.filter(({ sha256 }) => sha256 !== log.sha256) });
};

/** Where packages come from is laid down in a template. */
const outdate = (templates: Templates, codename: Codename): void => {
  for (const { prepared } of [...templates.values()]) {
    if (prepared?.codename === codename) change(templates, prepared, { isOutdated: true });
  }
};

/** Templates whose chroot was removed: they lie about. */
export const leftOver = (templates: Templates): readonly Omit<ChrootPrepared, 'type'>[] =>
  [...templates.values()].flatMap(({ chroot, prepared }) =>
    chroot === undefined && prepared !== undefined ? [prepared] : [],
  );

export const templateFor = (templates: Templates, place: Place): Template =>
  templates.get(chrootName(place)) ?? nothing;
