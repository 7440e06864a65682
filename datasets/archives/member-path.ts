/** Characters that no path of a dataset may have: control characters, line ends, and those that change the direction of text. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const unsafeCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const longestPath = 1024;

/**
 * A member's name as a `/`-separated path below the dataset; undefined where it is absolute, leads out of it (`..`), is longer
 * than 1,024 characters or has characters that could forge lines of a terminal. All others are kept: `<`, `&` and quotes too.
 */
export function safePath(name: string): string | undefined {
  if (name.length > longestPath || name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name) || unsafeCharacters.test(name))
    return undefined;
  if (!/(^|\/)\.{0,2}(\/|$)/.test(name)) return name;
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.length === 0 || segments.includes('..') ? undefined : segments.join('/');
}

/** What file managers, operating systems and notebooks leave in folders, and hidden files. */
export function isNoise(path: string): boolean {
  return /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|@eaDir|lost\+found|\$RECYCLE\.BIN|System Volume Information)(\/|$)/i.test(
    path,
  );
}

/** A name for messages to people: what could forge lines or colours of a terminal is shown as an escape sequence. */
export function printable(name: string): string {
  return name.replace(
    new RegExp(unsafeCharacters, 'g'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
