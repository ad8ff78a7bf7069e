import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isLeft } from 'fp-ts/lib/Either.js';
import { basisOf } from '../../src/app/commands/as-agreed.ts';
import { type Asked, atWork, login, meantBy, type State, story } from '../support/every-command.ts';
import { boot, machine } from '../support/in-memory-daemon.ts';

type Outcome = { readonly rules: readonly string[]; readonly json: unknown; readonly basis: unknown };

const asked = async (line: Asked, state: State, more: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
  const [command] = line;
  const answer = await state.daemon.engine.api.run(command, { ...meantBy(line, state), ...more }, state.adam);
  return isLeft(answer)
    ? { rules: answer.left.map(({ rule }) => rule), json: undefined, basis: undefined }
    : { rules: [], json: answer.right.json, basis: basisOf(answer.right) };
};

const isDone = (json: unknown): unknown => (json as { readonly done?: boolean }).done;
/** What is outside of the daemon's memory, and what was done to it. */
const traces = ({ daemon, on, effects }: State) => ({
  events: on.store.events.length,
  // To fetch a .dsc is to look at it.
  steps: daemon.steps.filter((step) => step !== 'fetcher.dsc').length,
  effects: effects.length,
});

/** What threads cipher or read for the command before is seen by nobody until it is done: it gets a moment, as often as something comes of it. */
const tracesAtRest = async (state: State): Promise<ReturnType<typeof traces>> => {
  await state.daemon.rests();
  const now = traces(state);
  await pause(moment);
  await state.daemon.rests();
  return isDeepStrictEqual(traces(state), now) ? now : tracesAtRest(state);
};

/** Milliseconds. */
const moment = 100;

describe('A dry run', () => {
  it('is there for every command that changes something', async (test) => {
    const { engine } = await boot(await machine(test));
    for (const { name, changes, arguments: known } of engine.api.commands)
      assert.equal(
        known.some((each) => each.name === 'dry-run'),
        changes,
        name,
      );
  });

  it('is tried below with every command, whatever each can do', async (test) => {
    const { engine } = await boot(await machine(test));
    for (const { name, arguments: known } of engine.api.commands.filter(({ changes }) => changes)) {
      const lines = story.filter(([command]) => command === name);
      assert.ok(
        lines.some(([, , becomes]) => becomes === 'done'),
        `${name} is never done`,
      );
      assert.ok(
        lines.some(([, , becomes]) => !['done', 'shown'].includes(becomes)),
        `${name} is never refused`,
      );
      for (const word of known.find((each) => each.name === 'action')?.words ?? [])
        assert.ok(
          lines.some(([, given]) =>
            JSON.stringify(typeof given === 'function' ? given(noState) : given).includes(`"${word}"`),
          ),
          `${name} ${word} is not tried`,
        );
    }
  });

  it('refuses what the deed refuses, and leaves nothing behind', async (test) => {
    const state = await atWork(test);
    for (const line of story) {
      const [command, given, becomes] = line;
      const what = `${command} ${JSON.stringify(given)}`;
      const before = await tracesAtRest(state);
      const rehearsed = await asked(line, state, { 'dry-run': 'true' });
      assert.deepEqual(traces(state), before, `the rehearsal of ${what} left something behind`);
      state.on.clock.advance(1500);
      await state.daemon.rests();
      const later = await asked(line, state, { 'dry-run': 'true' });
      if (becomes === 'done')
        assert.deepEqual(later.basis, rehearsed.basis, `the plan of ${what} becomes another one by itself`);
      const deed = await asked(line, state);
      assert.deepEqual(rehearsed.rules, deed.rules, what);
      assert.deepEqual(deed.rules, ['done', 'shown'].includes(becomes) ? [] : [becomes], what);
      if (becomes === 'done') assert.deepEqual([isDone(rehearsed.json), isDone(deed.json)], [false, true], what);
    }
  });

  it('shows no secret', async (test) => {
    const state = await atWork(test);
    for (const line of [
      ['token', { action: 'issue' }, 'done'],
      ['user', { action: 'add', login }, 'done'],
      ['user', { action: 'password', login: 'adam' }, 'done'],
      ['webhook', { action: 'add', url: 'https://ci.example.org/' }, 'done'],
    ] as const) {
      const { json } = await asked(line, state, { 'dry-run': 'true' });
      assert.deepEqual(
        Object.keys(json as object).filter((key) => ['secret', 'password'].includes(key)),
        [],
      );
    }
  });
});

const noState = { token: () => '', webhook: () => '', time: () => '', log: () => '', instance: '' } as unknown as State;
