import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { removalPage } from '../../../src/adapters/http/views/administration/removal-page.ts';
import { acme } from './sample-pages.ts';

describe('the page that removes a repository', () => {
  const page = (taken: readonly string[]): string =>
    removalPage(
      acme,
      {
        section: 'repositories',
        noun: 'repository',
        name: 'acme',
        dependents: [],
        ends: { goes: [], depends: [], stays: [] },
        faults: [],
        proposal: {
          document: '',
          words: '',
          yaml: undefined,
          isNothing: false,
          sum: '1 repository goes',
          taken,
          ends: undefined,
          digest: 'ab',
        },
      },
      undefined,
    );

  it('names the command that does the same, by force where packages are taken from apt', () => {
    assert.match(
      page(['trixie-acme-unstable: 3 packages']),
      /removerepository acme --force --confirm=removerepository</,
    );
    assert.match(page([]), /removerepository acme --confirm=removerepository</);
  });
});
