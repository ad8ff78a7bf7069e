import type { AccountStory } from '../../projections/accounts.ts';
import type { SilentNodes } from '../../projections/node-leases.ts';
import { addedNodes } from '../../projections/nodes.ts';
import { addedRemotes, introductions } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { type Standing, standingOf } from './standing.ts';
import { standingOfNode, standingOfRemote, standingOfWebhook } from './standing-of-others.ts';
import { type Subject, subjects } from './subjects.ts';

/** One object as a list has it. */
export type ObjectLine = { readonly name: string; readonly standing: Standing };

export const linesOf = (subject: Subject, world: World): readonly ObjectLine[] =>
  subject.names(world.configuration).map((name) => ({ name, standing: standingOf(subject.section, name, world) }));

/** Every object that is declared, and what needs somebody to look at it. */
export const overview = (world: World, silent: SilentNodes = new Map()) => {
  const sections = subjects.map((subject) => ({
    section: subject.section,
    noun: subject.noun,
    objects: linesOf(subject, world),
  }));
  return {
    sections,
    others: othersLookedAfter(world, silent),
    attention: attention(world, sections),
    isNew: world.configuration.repositories.size === 0,
  };
};

/** People and machines, which are not declared: how many there are, by how they do. Nobody is named. */
const othersLookedAfter = ({ nodes, remotes, accounts, webhooks, notices }: World, silent: SilentNodes) => [
  { section: 'builders', noun: 'nodes', states: addedNodes(nodes).map((each) => standingOfNode(each, silent)) },
  {
    section: 'builders',
    noun: 'remotes',
    states: [
      ...addedRemotes(remotes).map((each) => standingOfRemote(each, undefined, [])),
      ...introductions(remotes).map(() => askingToBeKnown),
    ],
  },
  {
    section: 'accounts',
    noun: 'accounts',
    states: [...accounts.values()].map(({ status }) => statusOfAccount[status]),
  },
  {
    section: 'uploaders',
    noun: 'uploaders',
    states: [...accounts.values()]
      .filter(({ status, key }) => status === 'active' && key !== undefined)
      .map(({ uploadsTo }) => (uploadsTo.size === 0 ? waitingForApproval : approved)),
  },
  {
    section: 'notifications',
    noun: 'webhooks',
    states: [...webhooks.keys()].map((webhook) => standingOfWebhook(notices.callDelays.get(webhook))),
  },
  {
    section: 'notifications',
    noun: 'subscriptions',
    states: [...accounts.values()].flatMap(({ subscriptions }) => [...subscriptions.keys()].map(() => subscribed)),
  },
];

type State = Pick<Standing, 'state' | 'look'>;

const askingToBeKnown: State = { state: 'asking to be known', look: 'warn' };
const waitingForApproval: State = { state: 'waiting for approval', look: 'warn' };
const approved: State = { state: 'approved', look: 'good' };
const subscribed: State = { state: 'told by mail', look: 'good' };

const statusOfAccount: Readonly<Record<AccountStory['status'], State>> = {
  registered: { state: 'registered', look: 'busy' },
  active: { state: 'active', look: 'good' },
  disabled: { state: 'disabled', look: 'idle' },
  erased: { state: 'erased', look: 'idle' },
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
  return [
    ...addedRemotes(remotes).flatMap(({ remote, active, lost }) =>
      active && lost !== undefined
        ? [{ fact: `the remote ${remote} is lost`, remedy: lost.fact, section: 'remotes', name: remote }]
        : [],
    ),
    ...introductions(remotes).map(({ remote }) => ({
      fact: `${remote} asks to be known here`,
      remedy: 'compare its key with what its administrator tells you, and add or dismiss it',
      section: 'remotes',
      name: remote,
    })),
  ];
};

const notifications = ({ notices, webhooks }: World): readonly Attention[] => {
  return [
    ...(notices.delay === undefined
      ? []
      : [{ fact: 'mail is not taken', remedy: notices.delay.fact, section: 'notifications', name: undefined }]),
    ...[...notices.callDelays].map(([webhook, { fact }]) => ({
      fact: `the webhook at ${webhooks.get(webhook)?.host ?? webhook} does not answer`,
      remedy: fact,
      section: 'webhooks',
      name: webhook,
    })),
  ];
};
