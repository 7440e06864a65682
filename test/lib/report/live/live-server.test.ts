import { get, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { onTestFinished, describe, expect, test } from 'vitest';
import { LiveServer } from '../../../../lib/report/live/live-server.ts';
import type { LiveState } from '../../../../lib/report/live/live-state.ts';
import { describeInBrowser, openPage } from '../../../browser.ts';

const state = (changes: Partial<LiveState> = {}): LiveState => ({
  title: 'mine',
  isRehearsal: false,
  at: Date.now(),
  state: 'running',
  stage: 'training',
  failure: null,
  secondsLeft: 90,
  datasets: [{ dataset: 'mnist', total: 10, finished: 3, reused: 1, diverged: 1, failed: 0, running: [], hold: null }],
  failures: [],
  results: undefined,
  ...changes,
});

async function served(host = '127.0.0.1'): Promise<LiveServer> {
  const server = await LiveServer.listen({ title: 'mine', host, port: 0 });
  onTestFinished(() => server.close());
  return server;
}

const answered = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<number>((resolve, reject) =>
    request(url, { headers, method }, (response) => resolve(response.resume().statusCode!))
      .on('error', reject)
      .end(),
  );

describe('the server of a live page', () => {
  test('listens on the loopback address alone', async () => {
    const { port } = new URL((await served()).url);
    expect(await answered(`http://127.0.0.1:${port}/`)).toBe(200);
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((of) => of!.family === 'IPv4' && !of!.internal);
    for (const { address } of others as { address: string }[])
      await expect(answered(`http://${address}:${port}/`)).rejects.toThrow('ECONNREFUSED');
  });

  test('answers nobody who calls it by the name of another site, and nothing but GET of its two pages', async () => {
    const { url } = await served();
    expect(await answered(url, { host: 'evil.example' })).toBe(421);
    expect(await answered(url, { host: 'localhost:1' })).toBe(200);
    expect(await answered(url, {}, 'POST')).toBe(405);
    expect(await answered(`${url}../etc/passwd`)).toBe(404);
  });

  test('tells the latest state at once, and each that follows', async () => {
    const server = await served();
    server.show(state({ state: 'held' }));
    const seen: string[] = [];
    const listening = get(`${server.url}events`, (response) =>
      response.setEncoding('utf8').on('data', (text: string) => seen.push(...(text.match(/"state":"\w+"/g) ?? []))),
    );
    onTestFinished(() => void listening.destroy());
    await expect.poll(() => seen).toEqual(['"state":"held"']);
    server.show(state({ state: 'finished' }));
    await expect.poll(() => seen).toEqual(['"state":"held"', '"state":"finished"']);
  });

  test('sends a part of the state again only if it has changed', async () => {
    const server = await served();
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      const listening = get(`${server.url}events`, (response) => {
        response.setEncoding('utf8').on('data', (text: string) => seen.push(...(text.match(/event: \w+/g) ?? [])));
        resolve();
      });
      onTestFinished(() => void listening.destroy());
    });
    server.show(state({ at: 1 }));
    await expect.poll(() => seen).toEqual(['event: progress', 'event: failures', 'event: results', 'event: at']);
    server.show(state({ at: 2 }));
    await expect.poll(() => seen.slice(4)).toEqual(['event: at']);
    server.show(state({ at: 3, state: 'paused' }));
    await expect.poll(() => seen.slice(5)).toEqual(['event: progress', 'event: at']);
  });

  test('keeps no more for a page that does not read than one state, and sends it the latest once it reads', async () => {
    const server = await served();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause();
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(`GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    const megabyte = 'x'.repeat(1e6);
    const before = process.memoryUsage().rss;
    for (let look = 0; look < 300; look++) {
      server.show(state({ at: look, title: `${look}${megabyte}` }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    let received = '';
    socket.on('data', (data) => (received = `${received}${data.toString('latin1')}`.slice(-3_000_000)));
    socket.resume();
    await expect.poll(() => /"title":"299x/.test(received), { timeout: 10_000 }).toBe(true);
  });

  test('says which address cannot be listened on', async () => {
    const { port } = new URL((await served()).url);
    await expect(LiveServer.listen({ title: '', host: '127.0.0.1', port: Number(port) })).rejects.toThrow(
      `127.0.0.1:${port} cannot be listened on`,
    );
  });
});

describeInBrowser('the live page in a browser', () => {
  test('follows the study without a reload: progress, failures, results, and how old they are', async () => {
    const server = await served();
    const attack = `<img src=x onerror="document.title='taken'">`;
    server.show(state());
    const { page, messages, requests } = await openPage(server.url);
    await page.getByText('Too few trainings have ended').waitFor();
    expect(await page.locator('#datasets td').allTextContents()).toEqual(['mnist', '', '10', '3', '1', '1', '0', '']);
    server.show(
      state({
        failures: [{ dataset: 'mnist', run: attack, category: 'crash', message: attack }],
        results: {
          at: Date.now() - 5000,
          runs: 5,
          findings: [{ headline: 'It holds.', sentence: attack, evidence: [attack] }],
          charts: [{ alternative: attack, svg: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>' }],
        },
      }),
    );
    await page.getByText('It holds.').waitFor();
    expect(await page.locator('#failures td').first().textContent()).toBe(attack);
    await page.getByText(/From 5 trainings that had ended \d+ s ago/).waitFor();
    await page.getByText(/running, training · about 90 s left; looked at \d+ s ago/).waitFor();
    expect(await page.locator('#charts svg').count()).toBe(1);
    expect(await page.locator('img').count()).toBe(0);
    expect(messages).toEqual([]);
    expect(requests.every((url) => url.startsWith(server.url))).toBe(true);
  });

  test('says that the server is out of reach, and goes on showing what it knew', async () => {
    const server = await LiveServer.listen({ title: 'mine', host: '127.0.0.1', port: 0 });
    server.show(state());
    const { page } = await openPage(server.url);
    await page.getByText('Too few trainings have ended').waitFor();
    await server.close();
    await page.getByText('The server cannot be reached; trying again.').waitFor();
    expect(await page.locator('#datasets td').first().textContent()).toBe('mnist');
  });
});
