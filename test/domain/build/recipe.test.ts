import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { internalPriority, optionFor, recipeFor } from '../../../src/domain/build/recipe.ts';
import type { BuildSettings } from '../../../src/domain/configuration/events.ts';
import { parseUploadOptions } from '../../../src/domain/debian/upload-options.ts';
import { plainRecipe } from '../../support/fixed-examples.ts';

const settings: BuildSettings = {
  resolver: 'aptitude',
  internalAptPriority: 1,
  debBuildOptions: ['nostrip'],
  debBuildProfiles: ['nodoc'],
  setupScript: '#!/bin/sh\n',
  parallel: 4,
};

const asked = (...lines: readonly string[]) => {
  const { options, refusals } = parseUploadOptions(
    ['hello (1) x; urgency=low', ...lines.map((line) => `  * MINI_BUILDD_OPTION: ${line}`)].join('\n'),
  );
  assert.deepEqual(refusals, []);
  return options;
};

describe('The recipe of a build', () => {
  it('is what the distribution says where the upload says nothing', () => {
    assert.deepEqual(recipeFor([], 'amd64', settings), {
      ...plainRecipe,
      resolver: 'aptitude',
      jobs: 4,
      options: ['nostrip'],
      profiles: ['nodoc'],
      setup: '#!/bin/sh\n',
    });
  });

  it('follows the upload, and for one architecture what it says of that', () => {
    const options = asked(
      'deb-build-options=nocheck terse',
      'deb-build-options[arm64]=noopt',
      'deb-build-profiles[arm64]=nocheck cross',
      'add-depends=libfoo-dev (>= 1.2), bar',
    );
    const [here, there] = [recipeFor(options, 'amd64', settings), recipeFor(options, 'arm64', settings)];
    assert.deepEqual([here.options, here.profiles], [['nocheck', 'terse'], ['nodoc']]);
    assert.deepEqual([there.options, there.profiles], [['noopt'], ['nocheck', 'cross']]);
    assert.deepEqual(here.depends, ['libfoo-dev (>= 1.2)', 'bar']);
  });

  it('leaves the number of jobs to an upload that asks for parallel', () => {
    assert.equal(recipeFor(asked('deb-build-options=parallel=1'), 'amd64', settings).jobs, null);
  });
});

describe('The pin of our own suites', () => {
  it("is the distribution's, or what the upload asks for", () => {
    assert.equal(internalPriority([], settings), 1);
    assert.equal(internalPriority(asked('internal-apt-priority=543'), settings), 543);
  });
});

describe('An option of an upload', () => {
  it('counts for its architecture before it counts for all', () => {
    const options = asked('lintian-mode[arm64]=error', 'lintian-mode=ignore');
    assert.equal(optionFor(options, 'lintian-mode', 'arm64'), 'error');
    assert.equal(optionFor(options, 'lintian-mode', 'amd64'), 'ignore');
    assert.equal(optionFor(options, 'piuparts-mode', 'amd64'), undefined);
  });
});
