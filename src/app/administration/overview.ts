import { addedRemotes, introductions } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { type Standing, standingOf } from './standing.ts';
import { type Subject, subjects } from './subjects.ts';

/** One object as a list has it. */
export type ObjectLine = { readonly name: string; readonly standing: Standing };

export const linesOf = (subject: Subject, world: World): readonly ObjectLine[] =>
  subject.names(world.configuration).map((name) => ({ name, standing: standingOf(subject.section, name, world) }));

/** Every object that is declared, and what needs somebody to look at it. */
export const overview = (world: World) => {
  const sections = subjects.map((subject) => ({
    section: subject.section,
    noun: subject.noun,
    objects: linesOf(subject, world),
  }));
  return { sections, attention: attention(world, sections), isNew: world.configuration.repositories.size === 0 };
};

type Attention = {
  readonly fact: string;
  readonly remedy: string;
  readonly section: string | undefined;
  readonly name: string | undefined;
};

const attention = (
  world: World,
  sections: readonly { readonly section: string; readonly noun: string; readonly objects: readonly ObjectLine[] }[],
): readonly Attention[] => [
  ...sections.flatMap(({ section, noun, objects }) =>
    objects
      .filter(({ standing: { look } }) => look === 'bad' || look === 'warn')
      .map(({ name, standing: { state, reason } }) => ({
        fact: `${section === 'instance' ? 'the engine' : `${noun} ${name}`} is ${state}`,
        remedy: reason,
        section,
        name,
      })),
  ),
  ...people(world),
  ...notifications(world),
  ...others(world),
];

const people = ({ accounts }: World): readonly Attention[] => {
  const waiting = [...accounts.values()].filter(
    ({ status, key, uploadsTo }) => status === 'active' && key !== undefined && uploadsTo.size === 0,
  ).length;
  return waiting === 0
    ? []
    : [
        {
          fact: `${waiting} ${waiting === 1 ? 'person' : 'people'} handed in a key and may upload nowhere`,
          remedy: 'compare its fingerprint with its owner, and approve it for a repository',
          section: 'uploaders',
          name: undefined,
        },
      ];
};

/** Other instances that do not answer, and those that ask to be known. */
const others = ({ remotes }: World): readonly Attention[] => {
  const place = { section: 'builders', name: undefined };
  return [
    ...addedRemotes(remotes).flatMap(({ remote, active, lost }) =>
      active && lost !== undefined ? [{ fact: `the remote ${remote} is lost`, remedy: lost.fact, ...place }] : [],
    ),
    ...introductions(remotes).map(({ remote }) => ({
      fact: `${remote} asks to be known here`,
      remedy: 'compare its key with what its administrator tells you, and add or dismiss it',
      ...place,
    })),
  ];
};

const notifications = ({ notices, webhooks }: World): readonly Attention[] => {
  const place = { section: 'notifications', name: undefined };
  return [
    ...(notices.delay === undefined ? [] : [{ fact: 'mail is not taken', remedy: notices.delay.fact, ...place }]),
    ...[...notices.callDelays].map(([webhook, { fact }]) => ({
      fact: `the webhook at ${webhooks.get(webhook)?.host ?? webhook} does not answer`,
      remedy: fact,
      ...place,
    })),
  ];
};
