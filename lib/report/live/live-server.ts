import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvironmentError } from '../../core/errors.ts';
import { livePage } from './live-page.ts';
import type { LiveState } from './live-state.ts';

export interface LiveServerOptions {
  title: string;
  /** Address to listen on, e.g. 127.0.0.1. */
  host: string;
  /** 0 for any free port. */
  port: number;
}

const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** Milliseconds between heartbeats to connected pages. */
const heartbeat = 15_000;

/** A connected page, and the parts of the state not yet sent to it because it does not read what was sent before. */
interface Listener {
  response: ServerResponse;
  late: Set<string>;
}

/**
 * Serves a page that follows a study, and sends it the changed parts of the state as server-sent events. A page that has stopped reading
 * gets the latest state when it reads again, so it takes no memory meanwhile.
 */
export class LiveServer {
  readonly #server: Server;
  readonly #host: string;
  readonly #listeners = new Set<Listener>();
  readonly #beat: NodeJS.Timeout;
  /** By the name of the part: its latest event. */
  readonly #latest = new Map<string, string>();

  private constructor(page: string, host: string) {
    this.#host = host;
    this.#server = createServer((request, response) => {
      if (!this.#isAddressed(request.headers.host)) return refuse(response, 421, 'this address is not served here');
      if (request.method !== 'GET') return refuse(response, 405, 'only GET is served');
      const path = (request.url ?? '/').split('?')[0];
      if (path === '/') response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(page);
      else if (path === '/events') this.#listen(response);
      else refuse(response, 404, 'there is no such page');
    });
    this.#beat = setInterval(() => {
      for (const { response, late } of this.#listeners) if (late.size === 0) response.write(': still here\n\n');
    }, heartbeat);
    this.#beat.unref();
  }

  /** @throws EnvironmentError if it cannot listen on the address */
  static async listen({ title, host, port }: LiveServerOptions): Promise<LiveServer> {
    const live = new LiveServer(await livePage(title), host);
    await new Promise<void>((resolve, reject) => {
      live.#server.once('error', (cause) =>
        reject(new EnvironmentError(`${host}:${port} cannot be listened on: ${cause.message}`, { cause })),
      );
      live.#server.listen(port, host, resolve);
    });
    return live;
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
  }

  /** Sends the changed parts of a state to all connected pages, and keeps them for later ones. */
  show({ at, failures, results, ...progress }: LiveState): void {
    const parts = { progress, failures, results: results ?? null, at };
    for (const [part, value] of Object.entries(parts)) {
      const event = `event: ${part}\ndata: ${JSON.stringify(value)}\n\n`;
      if (this.#latest.get(part) === event) continue;
      this.#latest.set(part, event);
      for (const listener of this.#listeners) this.#send(listener, part);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    for (const { response } of this.#listeners) response.end();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(': welcome\n\n');
    const listener: Listener = { response, late: new Set() };
    this.#listeners.add(listener);
    for (const part of this.#latest.keys()) this.#send(listener, part);
    response.on('drain', () => {
      const { late } = listener;
      listener.late = new Set();
      for (const part of late) this.#send(listener, part);
    });
    response.once('close', () => this.#listeners.delete(listener));
  }

  #send({ response, late }: Listener, part: string): void {
    if (response.writableNeedDrain) late.add(part);
    else response.write(this.#latest.get(part)!);
  }

  /** Pages of other sites must not reach it under a host name of theirs that points here (DNS rebinding). */
  #isAddressed(host: string | undefined): boolean {
    if (host === undefined) return false;
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return name === 'localhost' || /^[\d.]+$/.test(name) || name.includes(':') || name === this.#host;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
