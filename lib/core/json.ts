/** Nesting of objects and lists: no document of this program is as deep, and recursive readers are safe up to it. */
const deepest = 200;

/**
 * Parses JSON text.
 * @throws SyntaxError if it is not JSON, or is nested more than 200 levels deep
 */
export function parseJson(text: string): unknown {
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isQuoted) {
      if (code === 0x5c) index++;
      else if (code === 0x22) isQuoted = false;
    } else if (code === 0x22) isQuoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) throw new SyntaxError(`it is nested more than ${deepest} deep`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return JSON.parse(text) as unknown;
}
