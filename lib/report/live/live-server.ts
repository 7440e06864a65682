import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvironmentError } from '../../core/errors.ts';
import { livePage } from './live-page.ts';
import type { LiveState } from './live-state.ts';

export interface LiveServerOptions {
  title: string;
  /** Address to listen on, e.g. 127.0.0.1. */
  host: string;
  /** 0 for a free one. */
  port: number;
}

const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** Milliseconds between two signs of life to those who listen. */
const heartbeat = 15_000;

/** Serves a page that follows a study, and tells it what is new by server-sent events. */
export class LiveServer {
  readonly #server: Server;
  readonly #host: string;
  readonly #listeners = new Set<ServerResponse>();
  readonly #beat: NodeJS.Timeout;
  #latest: string | undefined;

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
    this.#beat = setInterval(() => this.#send(': still here\n\n'), heartbeat);
    this.#beat.unref();
  }

  /** @throws EnvironmentError where the address cannot be listened on */
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

  /** Tells all who listen, and those who come later. */
  show(state: LiveState): void {
    this.#latest = `data: ${JSON.stringify(state)}\n\n`;
    this.#send(this.#latest);
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    for (const listener of this.#listeners) listener.end();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(this.#latest ?? ': no state yet\n\n');
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
  }

  #send(text: string): void {
    for (const listener of this.#listeners) listener.write(text);
  }

  /** Pages of other sites must not reach it under a name of theirs that points here. */
  #isAddressed(host: string | undefined): boolean {
    if (host === undefined) return false;
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    return name === 'localhost' || /^[\d.]+$/.test(name) || name.includes(':') || name === this.#host;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
