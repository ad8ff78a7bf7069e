/** Routes that nobody opens to read, each with who asks for it. */
export const noPages: Readonly<Record<string, string>> = {
  'GET /mini_buildd/assets/…': 'pages',
  'GET /favicon.ico': 'browsers',
  'POST /mini_buildd/nodes/alive/:token': 'nodes',
  'POST /mini_buildd/nodes/held/:token': 'nodes',
  'GET /mini_buildd/nodes/bearings': 'nodes',
  'HEAD /mini_buildd/nodes/files/:sha256': 'nodes',
  'GET /mini_buildd/nodes/files/:sha256': 'nodes',
  'PUT /mini_buildd/nodes/files/:sha256': 'nodes',
  'GET /mini_buildd/builds/:build/log/find': 'the script of the log',
  'GET /mini_buildd/repositories/:repository/publications': 'the script of the time slider',
  'POST /mini_buildd/commands/:command/check': 'the script of forms',
  'POST /mini_buildd/administration/check/:section': 'the script of forms',
  'PUT /mini_buildd/upload/:name': 'the script of uploads, and dput',
  'GET /mini_buildd/api': 'programs',
  'GET /mini_buildd/events': 'programs',
  'GET /mini_buildd/seals/latest': 'programs',
  'GET /mini_buildd/feeds/all.atom': 'feed readers',
  'GET /mini_buildd/feeds/packages/:file': 'feed readers',
  'GET /mini_buildd/feeds/distributions/:file': 'feed readers',
  'GET /healthz': 'monitoring',
  'GET /readyz': 'monitoring',
  'GET /metrics': 'monitoring',
};

/** Where scripts run their part is done on the page that leads to them. */
export const doneInPlace: ReadonlySet<string> = new Set([
  'GET /mini_buildd/builds/:build/log/lines',
  'GET /mini_buildd/builds/:build/log',
  'GET /mini_buildd/progress',
  'POST /mini_buildd/upload',
]);
