import { decodeBytes } from '../../core/files/decode-text.ts';

/**
 * A name in an archive or a folder as text: decoded as `decodeBytes` says, with accents composed (Unicode NFC), which macOS
 * decomposes. So the same name is the same text, whichever system wrote it.
 */
export const nameOf = (bytes: Uint8Array): string => decodeBytes(bytes).normalize('NFC');

/** Characters that no path of a dataset may contain: control characters, line ends, and characters that change the text direction. */
// eslint-disable-next-line no-control-regex -- the regular expression is meant to find them
const unsafeCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const longestPath = 1024;

/**
 * A member's name as a `/`-separated path below the dataset; undefined if it is absolute, leads out of the dataset (`..`), is longer
 * than 1,024 characters or has characters that could forge terminal output. All other characters are kept, even `<`, `&` and quotes.
 */
export function safePath(name: string): string | undefined {
  if (name.length > longestPath || name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name) || unsafeCharacters.test(name))
    return undefined;
  if (!/(^|\/)\.{0,2}(\/|$)/.test(name)) return name;
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.length === 0 || segments.includes('..') ? undefined : segments.join('/');
}

/** Whether a path is a hidden file, or one that file managers, operating systems or notebooks leave behind. */
export function isNoise(path: string): boolean {
  return /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|@eaDir|lost\+found|\$RECYCLE\.BIN|System Volume Information)(\/|$)/i.test(
    path,
  );
}

/** Whether a text has characters that no path of a dataset may contain. */
export const hasUnsafeCharacters = (text: string): boolean => unsafeCharacters.test(text);
