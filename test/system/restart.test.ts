import { restartScenarios } from './support/restart-scenarios.ts';

restartScenarios('a daemon that ends in the middle of its work', async () => ({
  env: {},
  stop: async () => undefined,
}));
