import { describe, it } from 'node:test';
import { changeDecider } from '../../../src/domain/change/change.ts';
import type { ChangeAbandoned, ChangeCompleted, ChangePlanned } from '../../../src/domain/change/events.ts';
import type { ChangeId } from '../../../src/domain/ids.ts';
import { acme, distribution, hello, hello3, source, unstable } from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(changeDecider);
const change = '01JDA000000000000000000001' as ChangeId;
const testing = distribution('trixie-acme-testing');
const about = { change, repository: acme };
const member = {
  source: hello,
  seen: 1,
  steps: [{ deed: 'migrate', version: hello3, from: unstable, to: testing }],
} as const;
const planned: ChangePlanned = { type: 'ChangePlanned', ...about, members: [member] };
const completed: ChangeCompleted = { type: 'ChangeCompleted', ...about };
const refusal = { rule: 'stale', fact: 'the package changed', remedy: 'look again' };
const abandoned: ChangeAbandoned = { type: 'ChangeAbandoned', ...about, ...refusal };

const plan = { command: 'PlanChange', ...about, members: [member] } as const;
const complete = { command: 'CompleteChange', ...about } as const;
const abandon = { command: 'AbandonChange', ...about, ...refusal } as const;

describe('A change', () => {
  it('is planned', () => given().when(plan).thenSaid(planned));
  it('is planned once', () => given(planned).when(plan).thenNothing());
  it('is refused when no event can hold it', () => {
    const members = Array.from({ length: 1000 }, (_, n) => ({ ...member, source: source(`package-${n}`) }));
    given()
      .when({ ...plan, members })
      .thenRefused('change-too-large');
  });
  it('is completed', () => given(planned).when(complete).thenSaid(completed));
  it('is completed once', () => given(planned, completed).when(complete).thenNothing());
  it('is abandoned', () => given(planned).when(abandon).thenSaid(abandoned));
  it('is abandoned once', () => given(planned, abandoned).when(abandon).thenNothing());
  it('is not completed before it is planned', () => given().when(complete).thenRefused('change-ended'));
  it('is not completed once it is abandoned', () =>
    given(planned, abandoned).when(complete).thenRefused('change-ended'));
  it('is not abandoned once it is completed', () =>
    given(planned, completed).when(abandon).thenRefused('change-ended'));
});
