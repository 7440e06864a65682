import { describe, expect, test } from 'vitest';
import { figureFiles } from '../../../../lib/report/export/figure-files.ts';
import { madeUpResults } from '../results.ts';

const attack = `| [x](javascript:alert(1)) <script>\n\`rm\` ρ`;

async function filesOf(name: (index: number) => string, dataset: string) {
  const input = madeUpResults({
    architectures: 12,
    name,
    datasets: { imagenet: { share: 1 }, [dataset]: { share: 0.5 } },
  });
  const files = new Map<string, string | Buffer>();
  for await (const [path, content] of figureFiles(input)) files.set(path, content);
  return files;
}

describe('the files of a report', () => {
  test('are each figure as SVG, PDF and CSV, and a summary in Markdown; names are harmless in all of them', async () => {
    const files = await filesOf((index) => `${attack}${index}`, attack);
    const stems = [...files.keys()].filter((path) => path.endsWith('.svg')).map((path) => path.slice(0, -4));
    expect(stems.length).toBeGreaterThan(15);
    for (const stem of stems) {
      expect(stem).toMatch(/^figures\/[a-z0-9-]+$/);
      const svg = files.get(`${stem}.svg`)!.toString();
      expect(svg).toMatch(/^<svg [^]*<\/svg>$/);
      expect(svg).not.toMatch(/<script|var\(--|NaN|Infinity/);
      expect(files.get(`${stem}.pdf`)!.toString('latin1' as never)).toMatch(/^%PDF-1\.\d[^]*%%EOF\s*$/);
      expect(files.has(`${stem}.csv`)).toBe(true);
    }
    const summary = files.get('summary.md')!.toString();
    expect(summary).toMatch(/^# Made up\n/);
    expect(summary).toContain('\\| \\[x\\](javascript:alert(1)) \\<script\\> \\`rm\\` ρ');
    expect(summary.match(/^\| \\\| /gm)).toHaveLength(1);
  });

  test('are the same, byte for byte, for the same results', async () => {
    const [one, two] = [await filesOf(String, 'mnist'), await filesOf(String, 'mnist')];
    expect([...one.keys()]).toEqual([...two.keys()]);
    for (const [path, content] of one)
      expect(Buffer.from(two.get(path)!).equals(Buffer.from(content)), path).toBe(true);
  });
});
