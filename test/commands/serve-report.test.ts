import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serveReport } from '../../commands/serve-report.ts';
import { StudyDocuments } from '../../lib/study/documents/study-documents.ts';
import { rehearsedStudy } from '../lib/report/rehearsed-study.ts';
import { sharedTemporaryFolder } from '../temporary-folder.ts';

const root = sharedTemporaryFolder();

/** What a page that listens has been sent so far. */
function listen(url: string): { text: string } {
  const heard = { text: '' };
  void fetch(new URL('events', url)).then(
    async ({ body }) => {
      for await (const chunk of body!) heard.text += Buffer.from(chunk as Uint8Array).toString();
    },
    () => undefined,
  );
  return heard;
}

test('a page that is served before its study starts follows the study once it does', async () => {
  const { store } = await rehearsedStudy(root, 'mine');
  const documents = new StudyDocuments(store, 'mine');
  const outcome = (await documents.findOutcome())!;
  await store.delete('studies/mine/outcome.json');
  let said = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((said += text.toString())));
  onTestFinished(() => spy.mockRestore());
  const place = { store: join(root, 'store'), state: join(root, 'state') };
  const served = serveReport(['mine'], { ...place, host: '127.0.0.1', port: 0 }, 100);
  await expect.poll(() => said, { timeout: 20_000 }).toContain('http://');
  const heard = listen(/http:\S+/.exec(said)![0]);
  await expect.poll(() => heard.text, { timeout: 20_000 }).toContain('"state":"stopped"');
  await documents.writeOutcome(outcome);
  await expect.poll(() => heard.text, { timeout: 20_000 }).toContain('"state":"finished"');
  await expect.poll(() => heard.text, { timeout: 20_000 }).toContain('It is undecided whether');
  process.emit('SIGINT');
  expect(await served).toBe(0);
  // The same results are neither computed nor sent again at each look.
  expect(heard.text.match(/^event: results$/gm)!.length).toBeLessThanOrEqual(2);
});
