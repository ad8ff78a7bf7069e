import type { Instant } from '../domain/codec.ts';
import { chrootName } from '../domain/configuration/configuration.ts';
import type { ChrootConfigured, ChrootFailed, ChrootPrepared } from '../domain/configuration/events.ts';
import type { Architecture, Codename } from '../domain/debian/names.ts';
import type { Recorded } from './recorded.ts';

/** Whether builds can be made for a codename and architecture. */
export type Template = {
  readonly chroot: ChrootConfigured | undefined;
  readonly prepared: ChrootPrepared | undefined;
  /** The last failure since the last success. */
  readonly failed: (ChrootFailed & { readonly at: Instant }) | undefined;
};

/** By `CODENAME-ARCHITECTURE`. Folded in place: ask, do not keep. */
export type Templates = Map<string, Template>;

const nothing: Template = { chroot: undefined, prepared: undefined, failed: undefined };

export const noTemplates = (): Templates => new Map();

export const foldTemplates = (templates: Templates, { event, recordedAt }: Recorded): void => {
  switch (event.type) {
    case 'ChrootConfigured':
      change(templates, event, { chroot: event, prepared: undefined, failed: undefined });
      break;
    case 'ChrootRemoved':
      templates.delete(chrootName(event));
      break;
    case 'ChrootPrepared':
      change(templates, event, { prepared: event, failed: undefined });
      break;
    case 'ChrootLost':
      change(templates, event, { prepared: undefined });
      break;
    case 'ChrootFailed':
      change(templates, event, { failed: { ...event, at: recordedAt } });
      break;
  }
};

type Place = { readonly codename: Codename; readonly architecture: Architecture };

const change = (templates: Templates, place: Place, news: Partial<Template>): void => {
  templates.set(chrootName(place), { ...(templates.get(chrootName(place)) ?? nothing), ...news });
};

export const templateFor = (templates: Templates, place: Place): Template =>
  templates.get(chrootName(place)) ?? nothing;
