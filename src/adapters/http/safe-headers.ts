import helmet from 'helmet';

const directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** No script, style, frame or form but our own; nothing inline. For what is sent past `safeHeaders`. */
export const framePolicy = Object.entries(directives)
  .map(([name, from]) => `${name} ${from.join(' ')}`)
  .join('; ');

/** The same for every page. Whether TLS is spoken is said by the address that people were given. */
export const safeHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives },
  // With "no-referrer" a browser says of our own forms, too, that nobody knows where they came from (Origin: null).
  referrerPolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
  crossOriginEmbedderPolicy: false,
});
