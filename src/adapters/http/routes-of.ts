import type { Express } from 'express';

/** A way in. `path` is a pattern, such as `/mini_buildd/builds/:build`; `methods` are upper case, `ALL` stands for any. */
export type Route = {
  readonly methods: readonly string[];
  readonly path: string;
  readonly matches: (path: string) => boolean;
};

/** Every route of an application, in the order in which they are tried. */
export const routesOf = (app: Express): readonly Route[] => below(app.router as unknown as Routing);

/** What express keeps of what was given to it. */
type Routing = { readonly stack?: readonly Layer[] };
type Layer = {
  readonly handle: Routing;
  readonly route?: {
    readonly path: string | readonly string[];
    readonly methods: Readonly<Record<string, true>>;
  };
  readonly match: (path: string) => boolean;
};

const below = ({ stack = [] }: Routing): readonly Route[] =>
  stack.flatMap((layer) => (layer.route === undefined ? below(layer.handle) : [routeOf(layer, layer.route)]));

const routeOf = (layer: Layer, { path, methods }: NonNullable<Layer['route']>): Route => ({
  methods: Object.keys(methods).map((method) => method.replace('_', '').toUpperCase()),
  path: [path].flat().join(' or '),
  matches: (asked) => layer.match(asked),
});
