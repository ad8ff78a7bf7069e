import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leftBehind } from '../../../src/app/endings/left-behind.ts';
import type { Configuration } from '../../../src/domain/configuration/configuration.ts';
import type { RepositoryId } from '../../../src/domain/debian/names.ts';
import { atWork } from '../../support/every-command.ts';

const acme = 'acme' as RepositoryId;

describe('What another configuration leaves behind on its way', () => {
  it('is told of codenames, suites and architectures that go', async (test) => {
    const { daemon } = await atWork(test);
    const { world } = daemon;
    const { repositories, distributions } = world.configuration;
    const told = (after: Partial<Configuration>) => leftBehind({ ...world.configuration, ...after }, world);
    assert.deepEqual(told({}), []);

    const [name = '', repository] = [...repositories].find(([id]) => id === acme) ?? [];
    assert.ok(repository);
    const withoutCodename = told({ repositories: new Map([[name as RepositoryId, { ...repository, codenames: [] }]]) });
    assert.match(withoutCodename.join('\n'), /^The upload of slow1 \S+ is under way to trixie-acme-unstable\.$/m);
    assert.match(withoutCodename.join('\n'), /^slow1 \S+ \w+ is being built for trixie-acme-unstable\.$/m);
    assert.match(withoutCodename.join('\n'), /^slow3 \S+ \w+ waits to be built for trixie-acme-unstable\.$/m);
    assert.doesNotMatch(withoutCodename.join('\n'), /hello|failing/, 'what ended is on its way no more');

    const [codename, distribution] = [...distributions].find(([name]) => name === 'trixie') ?? [];
    assert.ok(codename && distribution);
    const [first, ...others] = distribution.architectures;
    const narrower = { ...distribution, architectures: others };
    const withoutArchitecture = told({ distributions: new Map([...distributions, [codename, narrower]]) });
    assert.notDeepEqual(withoutArchitecture, []);
    for (const line of withoutArchitecture)
      assert.match(
        line,
        new RegExp(`^slow\\d \\S+ ${first?.architecture} .* for ${first?.architecture} of trixie\\.$`),
      );

    const gone = { ...world, configuration: { ...world.configuration, distributions: new Map() } };
    const later = leftBehind(gone.configuration, gone);
    assert.deepEqual(later, [], 'a later change does not take it away once more');

    const whole = told({ repositories: new Map() });
    assert.deepEqual(whole, [], 'told with the repository');
  });
});
