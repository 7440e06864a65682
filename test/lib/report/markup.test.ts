import { describe, expect, test } from 'vitest';
import { escaped, html, lines, trusted } from '../../../lib/report/markup.ts';

describe('a template of markup', () => {
  test('escapes every value that is not markup, in attributes and in lists too', () => {
    const attack = `"><script>alert('x')</script>&`;
    const { text } = html`<p title="${attack}">${[attack, html`<b>${attack}</b>`]}</p>`;
    expect(text.match(/<script>/g)).toBeNull();
    expect(text).toBe(`<p title="${escaped(attack)}">${escaped(attack)}<b>${escaped(attack)}</b></p>`);
  });

  test('leaves out what is absent, writes numbers and keeps what is vouched for', () => {
    expect(html`${undefined}${null}${false}${0}${trusted('<br>')}`.text).toBe('0<br>');
  });

  test('makes quotes, ends of lines and characters that XML cannot hold harmless', () => {
    expect(escaped(`<a b="c" d='e'>&\n\u0000\ud800`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp; \ufffd\ufffd');
    expect(escaped('ρ 𝒳 é')).toBe('ρ 𝒳 é');
    expect(lines('<a>\nb').text).toBe('&lt;a&gt;\nb');
  });
});
